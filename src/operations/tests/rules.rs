use uuid::Uuid;

use super::code;
use crate::domain::{Code, Role, Rule, RuleId, RuleScope};
use crate::operations::fixture::{DEMO, FRIDGES, Fixture, RIVAL, RIVAL_FRIDGE, SITE};
use crate::operations::{Change, OperationError, RuleChange};

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
    let staff = fixture.member(Role::Staff);
    let rival = fixture.rival();
    for (name, who, rule, celsius, wanted, expected) in [
        ("staff", &staff, id, 4.0, true, Code::Forbidden),
        ("the whole", &manager, whole, 4.0, true, Code::Forbidden),
        ("unknown", &manager, unknown, 4.0, true, Code::NotFound),
        ("a rival's", &rival, id, 4.0, true, Code::NotFound),
        (
            "not as seen",
            &manager,
            id,
            4.0,
            false,
            Code::PreconditionFailed,
        ),
        (
            "out of range",
            &manager,
            id,
            1e9,
            true,
            Code::InvalidPayload,
        ),
    ] {
        let change = at_most(celsius);
        let change = fixture
            .operations
            .change_rule(who, rule, change, |_| wanted);
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
