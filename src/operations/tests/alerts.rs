use std::time::Duration;

use uuid::Uuid;

use super::code;
use crate::auth::Identity;
use crate::domain::{AlertId, AlertStatus, Code, Role};
use crate::operations::fixture::{DEMO, FRIDGES, Fixture};

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
