//! What people do, on a real database.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use uuid::Uuid;

use super::fixture::{
    ACCESS_TTL, DEMO, FRIDGES, Fixture, PASSWORD, RIVAL, RIVAL_FRIDGE, SITE, user_of,
};
use super::{Change, OperationError, RuleChange, SignedIn};
use crate::auth::Identity;
use crate::domain::{AlertId, AlertStatus, Code, Role, Rule, RuleId, RuleScope};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn code<T: std::fmt::Debug>(outcome: Result<T, OperationError>) -> Code {
    outcome.expect_err("must be refused").code()
}

async fn login(
    fixture: &Fixture,
    password: &str,
    peer: IpAddr,
) -> Result<SignedIn, OperationError> {
    let login = fixture
        .operations
        .login("Staff@Demo.example", password.to_owned(), peer);
    login.await
}

async fn identify(fixture: &Fixture, signed_in: &SignedIn) -> Result<Identity, OperationError> {
    let token = Some(signed_in.access.text.as_str());
    fixture.operations.identify(token).await
}

#[tokio::test]
async fn a_login_gives_a_token_that_says_who_one_is() {
    let fixture = Fixture::open().await;
    let signed_in = login(&fixture, PASSWORD, HOME).await.expect("logged in");
    assert_eq!(
        signed_in.access.expires_at,
        fixture.clock.now().plus_seconds(ACCESS_TTL)
    );
    let who = identify(&fixture, &signed_in).await.expect("identified");
    assert_eq!((who.organization_id, who.role), (DEMO, Role::Staff));
    assert_eq!(who.user_id, Some(user_of(DEMO, Role::Staff)));
    assert_eq!(who.name.as_deref(), Some("The staff"));
}

#[tokio::test]
async fn ten_wrong_passwords_close_the_account_to_one_address_for_five_minutes() {
    let fixture = Fixture::open().await;
    for _ in 0..10 {
        let refused = login(&fixture, "wrong", HOME).await;
        assert_eq!(code(refused), Code::InvalidCredentials);
    }
    let closed = login(&fixture, PASSWORD, HOME).await.expect_err("closed");
    assert_eq!(closed.code(), Code::RateLimited);
    assert_eq!(closed.retry_after_seconds(), Some(300));
    login(&fixture, PASSWORD, AWAY).await.expect("elsewhere");
    fixture.hand.advance(Duration::from_secs(300));
    login(&fixture, PASSWORD, HOME).await.expect("later");
}

#[tokio::test]
async fn nobody_is_told_apart_from_a_wrong_password() {
    let fixture = Fixture::open().await;
    let password = || PASSWORD.to_owned();
    let unknown = fixture.operations.login("x@demo.example", password(), HOME);
    let unknown = unknown.await.expect_err("nobody").to_string();
    let wrong = login(&fixture, "wrong", HOME).await.expect_err("wrong");
    assert_eq!(unknown, wrong.to_string());
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_login() {
    let fixture = Fixture::open().await;
    let first = login(&fixture, PASSWORD, HOME).await.expect("logged in");
    let presented = first.refresh.into_text();
    fixture.hand.advance(Duration::from_secs(60));
    let second = fixture.operations.refresh(&presented).await.expect("next");
    identify(&fixture, &second).await.expect("identified");
    let reused = fixture.operations.refresh(&presented).await;
    assert_eq!(code(reused), Code::Unauthorized);
    assert_eq!(code(identify(&fixture, &second).await), Code::Unauthorized);
    let successor = second.refresh.into_text();
    let ended = fixture.operations.refresh(&successor).await;
    assert_eq!(code(ended), Code::Unauthorized);
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_wins_and_the_login_ends() {
    let fixture = Fixture::open().await;
    let signed_in = login(&fixture, PASSWORD, HOME).await.expect("logged in");
    let token = signed_in.refresh.into_text();
    let both = futures_util::future::join(
        fixture.operations.refresh(&token),
        fixture.operations.refresh(&token),
    );
    let (one, other) = both.await;
    let winners: Vec<SignedIn> = [one, other].into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(
        code(identify(&fixture, &winners[0]).await),
        Code::Unauthorized
    );
}

#[tokio::test]
async fn a_refresh_token_ends_with_its_life_and_an_unknown_one_is_refused() {
    let fixture = Fixture::open().await;
    let signed_in = login(&fixture, PASSWORD, HOME).await.expect("logged in");
    fixture.hand.advance(Duration::from_secs(30 * 86_400));
    for token in [signed_in.refresh.into_text(), "unknown".to_owned()] {
        let refused = fixture.operations.refresh(&token).await;
        assert_eq!(code(refused), Code::Unauthorized);
    }
}

#[tokio::test]
async fn a_logout_ends_access_and_refresh_and_may_be_repeated() {
    let fixture = Fixture::open().await;
    let signed_in = login(&fixture, PASSWORD, HOME).await.expect("logged in");
    let access = Some(signed_in.access.text.as_str());
    let refresh = signed_in.refresh.into_text();
    for _ in 0..2 {
        fixture.operations.logout(&refresh).await.expect("ended");
    }
    fixture.operations.logout("unknown").await.expect("nothing");
    assert_eq!(
        code(fixture.operations.identify(access).await),
        Code::Unauthorized
    );
    assert_eq!(
        code(fixture.operations.refresh(&refresh).await),
        Code::Unauthorized
    );
}

#[tokio::test]
async fn the_role_of_the_database_wins_over_the_tokens() {
    let fixture = Fixture::open().await;
    let alert = fixture.alert(FRIDGES[0]).await;
    let pretender = Identity {
        role: Role::Owner,
        ..fixture.member(Role::Viewer)
    };
    let refused = fixture.operations.acknowledge(&pretender, alert.id, None);
    assert_eq!(code(refused.await), Code::Forbidden);
}

#[tokio::test]
async fn a_user_who_is_no_member_here_has_no_token_that_holds() {
    let fixture = Fixture::open().await;
    let alert = fixture.alert(FRIDGES[0]).await;
    let stranger = Identity {
        organization_id: DEMO,
        ..fixture.rival()
    };
    let refused = fixture.operations.acknowledge(&stranger, alert.id, None);
    assert_eq!(code(refused.await), Code::Unauthorized);
}

#[tokio::test]
async fn an_outside_user_has_the_role_of_their_token() {
    let fixture = Fixture::open().await;
    let alert = fixture.alert(FRIDGES[0]).await;
    let outsider = Identity {
        user_id: None,
        subject: "auth0|42".to_owned(),
        name: Some("Ola".to_owned()),
        ..fixture.member(Role::Staff)
    };
    let taken = fixture.operations.acknowledge(&outsider, alert.id, None);
    let by = taken.await.expect("taken on").acknowledged_by;
    assert_eq!(by.map(|person| person.name), Some("Ola".to_owned()));
}

#[tokio::test]
async fn an_alert_is_taken_on_once_and_the_second_gets_the_first_answer() {
    let fixture = Fixture::open().await;
    let alert = fixture.alert(FRIDGES[0]).await;
    let staff = fixture.member(Role::Staff);
    let note = Some("on my way".to_owned());
    let first = fixture.operations.acknowledge(&staff, alert.id, note);
    let first = first.await.expect("taken on");
    assert_eq!(first.status, AlertStatus::Acknowledged);
    assert_eq!(first.note.as_deref(), Some("on my way"));
    let by = first.acknowledged_by.clone().expect("somebody");
    assert_eq!(by.name, "The staff");
    fixture.hand.advance(Duration::from_secs(5));
    let manager = fixture.member(Role::Manager);
    let note = Some("too late".to_owned());
    let second = fixture.operations.acknowledge(&manager, alert.id, note);
    assert_eq!(second.await.expect("the same"), first);
}

#[tokio::test]
async fn who_may_not_take_an_alert_on_is_told_why() {
    let fixture = Fixture::open().await;
    let alert = fixture.alert(FRIDGES[0]).await;
    let unknown = AlertId(Uuid::from_u128(9));
    let staff = fixture.member(Role::Staff);
    for (name, who, id, note, expected) in [
        (
            "a viewer",
            fixture.member(Role::Viewer),
            alert.id,
            None,
            Code::Forbidden,
        ),
        (
            "an inspector",
            fixture.member(Role::Inspector),
            alert.id,
            None,
            Code::Forbidden,
        ),
        (
            "another organization",
            fixture.rival(),
            alert.id,
            None,
            Code::NotFound,
        ),
        ("unknown", staff.clone(), unknown, None, Code::NotFound),
        (
            "a novel",
            staff,
            alert.id,
            Some("x".repeat(1001)),
            Code::InvalidPayload,
        ),
    ] {
        let refused = fixture.operations.acknowledge(&who, id, note).await;
        assert_eq!(code(refused), expected, "{name}");
    }
}

#[tokio::test]
async fn a_resolved_alert_cannot_be_taken_on() {
    let fixture = Fixture::open().await;
    let alert = fixture.alert(FRIDGES[0]).await;
    fixture.hand.advance(Duration::from_secs(60));
    fixture.measure(FRIDGES[0], 3.0).await;
    let staff = fixture.member(Role::Staff);
    let refused = fixture.operations.acknowledge(&staff, alert.id, None);
    assert_eq!(code(refused.await), Code::Conflict);
}

fn at_most(celsius: f64) -> RuleChange {
    RuleChange {
        max_temperature: Change::Set(celsius),
        ..RuleChange::default()
    }
}

const fn unit_scope() -> (RuleScope, Uuid) {
    (RuleScope::Unit, FRIDGES[0].0)
}

async fn create(
    fixture: &Fixture,
    role: Role,
    scope: (RuleScope, Uuid),
) -> Result<Rule, OperationError> {
    let who = fixture.member(role);
    fixture
        .operations
        .create_rule(&who, scope, at_most(8.0))
        .await
}

#[tokio::test]
async fn each_scope_has_one_rule_and_needs_its_right() {
    let fixture = Fixture::open().await;
    let (organization, site) = ((RuleScope::Organization, DEMO.0), (RuleScope::Site, SITE.0));
    for (name, role, scope, expected) in [
        ("staff", Role::Staff, unit_scope(), Some(Code::Forbidden)),
        ("a manager", Role::Manager, unit_scope(), None),
        ("twice", Role::Manager, unit_scope(), Some(Code::Conflict)),
        ("a site", Role::Manager, site, None),
        (
            "the whole",
            Role::Manager,
            organization,
            Some(Code::Forbidden),
        ),
        ("the whole, by an admin", Role::Admin, organization, None),
        (
            "a rival",
            Role::Admin,
            (RuleScope::Organization, RIVAL.0),
            Some(Code::NotFound),
        ),
        (
            "a rival's unit",
            Role::Admin,
            (RuleScope::Unit, RIVAL_FRIDGE.0),
            Some(Code::NotFound),
        ),
        (
            "a unit as a site",
            Role::Admin,
            (RuleScope::Site, FRIDGES[1].0),
            Some(Code::NotFound),
        ),
    ] {
        let outcome = create(&fixture, role, scope).await;
        assert_eq!(outcome.err().map(|e| e.code()), expected, "{name}");
    }
}

#[tokio::test]
async fn a_changed_rule_acts_at_once_on_the_last_reading() {
    let fixture = Fixture::open().await;
    fixture.measure(FRIDGES[0], 4.0).await;
    let rule = create(&fixture, Role::Manager, unit_scope()).await;
    let rule = rule.expect("made");
    let manager = fixture.member(Role::Manager);
    let change = fixture
        .operations
        .change_rule(&manager, rule.id, at_most(3.0), |seen| *seen == rule);
    assert_eq!(change.await.expect("changed").max_temperature, Some(3.0));
    // The alert that `alert` finds may only be the one of the 4.0: its own reading is no new alert.
    let open = fixture.alert(FRIDGES[0]).await;
    assert_eq!(open.limit, Some(3.0));
    assert_eq!(open.value, Some(4.0));
}

#[tokio::test]
async fn a_change_is_refused_where_it_must_be() {
    let fixture = Fixture::open().await;
    let rule = create(&fixture, Role::Manager, unit_scope()).await;
    let id = rule.expect("made").id;
    let whole = (RuleScope::Organization, DEMO.0);
    let whole = create(&fixture, Role::Owner, whole).await.expect("made").id;
    let manager = fixture.member(Role::Manager);
    let unknown = RuleId(Uuid::from_u128(9));
    for (name, who, rule, change, wanted, expected) in [
        (
            "staff",
            fixture.member(Role::Staff),
            id,
            at_most(4.0),
            true,
            Code::Forbidden,
        ),
        (
            "the whole",
            manager.clone(),
            whole,
            at_most(4.0),
            true,
            Code::Forbidden,
        ),
        (
            "unknown",
            manager.clone(),
            unknown,
            at_most(4.0),
            true,
            Code::NotFound,
        ),
        (
            "a rival's",
            fixture.rival(),
            id,
            at_most(4.0),
            true,
            Code::NotFound,
        ),
        (
            "not as seen",
            manager.clone(),
            id,
            at_most(4.0),
            false,
            Code::PreconditionFailed,
        ),
        (
            "out of range",
            manager,
            id,
            at_most(1e9),
            true,
            Code::InvalidPayload,
        ),
    ] {
        let change = fixture
            .operations
            .change_rule(&who, rule, change, |_| wanted);
        assert_eq!(code(change.await), expected, "{name}");
    }
}

#[tokio::test]
async fn changes_at_once_are_all_kept() {
    let fixture = Fixture::open().await;
    let rule = create(&fixture, Role::Manager, unit_scope()).await;
    let id = rule.expect("made").id;
    let manager = fixture.member(Role::Manager);
    let low = RuleChange {
        min_temperature: Change::Set(1.0),
        ..RuleChange::default()
    };
    let hysteresis = RuleChange {
        hysteresis: Change::Set(0.2),
        ..RuleChange::default()
    };
    let both = futures_util::future::join(
        fixture.operations.change_rule(&manager, id, low, |_| true),
        fixture
            .operations
            .change_rule(&manager, id, hysteresis, |_| true),
    );
    let (one, other) = both.await;
    assert!(one.is_ok() && other.is_ok());
    let seen = fixture
        .operations
        .change_rule(&manager, id, RuleChange::default(), |_| true);
    let seen = seen.await.expect("unchanged");
    assert_eq!(
        (seen.min_temperature, seen.max_temperature, seen.hysteresis),
        (Some(1.0), Some(8.0), Some(0.2))
    );
}
