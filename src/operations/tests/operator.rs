use std::{num::NonZeroUsize, time::Duration};

use super::code;
use crate::auth::{AccessToken, PasswordHasher, SecretHash, TokenKey};
use crate::domain::{Code, Email, Role};
use crate::operations::fixture::{DEMO, Fixture};
use crate::operations::{NewUser, OperationError, Operator, UserAdded};
use crate::storage::organizations;

fn operator(fixture: &Fixture) -> Operator {
    Operator::new(fixture.database.clone(), fixture.clock.clone())
}

fn email(text: &str) -> Email {
    text.parse().expect("an address")
}

async fn add(
    fixture: &Fixture,
    organization: &str,
    login: &str,
    role: Role,
) -> Result<UserAdded, OperationError> {
    let new = NewUser {
        organization: organization.to_owned(),
        email: email(login),
        name: None,
        role,
        password: "correct horse".parse().expect("long enough"),
    };
    let passwords = PasswordHasher::new(NonZeroUsize::MIN, 0);
    operator(fixture).add_user(new, &passwords).await
}

#[tokio::test]
async fn an_owner_comes_with_an_organization_and_can_log_in() {
    let fixture = Fixture::open().await;
    let added = add(&fixture, "Corner", "Owner@Corner.example", Role::Owner).await;
    let added = added.expect("made");
    assert_eq!(
        (added.name.as_str(), added.is_new_organization),
        ("owner", true)
    );
    let home = std::net::Ipv4Addr::LOCALHOST.into();
    let login = fixture
        .operations
        .login("owner@corner.example", "correct horse".to_owned(), home);
    let account = login.await.expect("logged in").account;
    assert_eq!(
        (account.organization_id, account.role),
        (added.organization_id, Role::Owner)
    );
}

#[tokio::test]
async fn users_join_an_organization_by_its_id_or_exact_name() {
    let fixture = Fixture::open().await;
    let id = DEMO.to_string();
    for (organization, login, role, refused) in [
        ("Demo", "first@x.example", Role::Owner, None),
        (id.as_str(), "second@x.example", Role::Viewer, None),
        (
            "demo",
            "third@x.example",
            Role::Viewer,
            Some(Code::NotFound),
        ),
        (
            "00000000-0000-7000-8000-000000000009",
            "third@x.example",
            Role::Owner,
            Some(Code::NotFound),
        ),
        (
            " ",
            "third@x.example",
            Role::Owner,
            Some(Code::InvalidPayload),
        ),
        ("Demo", "FIRST@x.example", Role::Staff, Some(Code::Conflict)),
        ("New", "first@x.example", Role::Owner, Some(Code::Conflict)),
    ] {
        let outcome = add(&fixture, organization, login, role).await;
        let told = outcome.as_ref().err().map(OperationError::code);
        assert_eq!(told, refused, "{organization} {login}");
        if let Ok(added) = outcome {
            assert_eq!(
                (added.organization_id, added.is_new_organization),
                (DEMO, false)
            );
        }
    }
    let mut conn = fixture.database.read().await.expect("a connection");
    let left = organizations::by_name(&mut conn, "New")
        .await
        .expect("read");
    assert_eq!(left, None, "nothing is left of what was refused");
}

#[tokio::test]
async fn a_webhook_key_is_found_by_the_hash_of_what_was_shown() {
    let fixture = Fixture::open().await;
    let name = || "ttn".parse().expect("a name");
    let key = operator(&fixture).add_webhook_key("Demo", name()).await;
    let shown = key.expect("made").secret.into_text();
    let mut conn = fixture.database.read().await.expect("a connection");
    let hash = SecretHash::of(shown.as_bytes()).0;
    let found = organizations::by_secret_hash(&mut conn, &hash).await;
    assert_eq!(found.expect("read").map(|(whose, _)| whose), Some(DEMO));
    let unknown = operator(&fixture).add_webhook_key("Nobody", name()).await;
    assert_eq!(code(unknown), Code::NotFound);
}

/// A token for a minute.
async fn token_of(
    fixture: &Fixture,
    login: &str,
    key: &TokenKey,
) -> Result<AccessToken, OperationError> {
    let minute = Duration::from_secs(60);
    operator(fixture).token(&email(login), key, minute).await
}

#[tokio::test]
async fn a_token_holds_for_its_time_and_belongs_to_no_login() {
    let fixture = Fixture::open().await;
    let key = TokenKey::hs256(b"another secret of at least 32 bytes, for tests");
    let token = token_of(&fixture, "Staff@demo.example", &key).await;
    let token = token.expect("signed");
    let at = |seconds| fixture.clock.now().plus_seconds(seconds);
    let who = key.verify(Some(&token.text), at(59)).expect("holds");
    assert_eq!(
        (who.organization_id, who.role, who.session),
        (DEMO, Role::Staff, None)
    );
    assert!(key.verify(Some(&token.text), at(66)).is_err());
    let nobody = token_of(&fixture, "nobody@demo.example", &key).await;
    assert_eq!(code(nobody), Code::NotFound);
}
