use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::code;
use crate::auth::Identity;
use crate::domain::{Code, Role};
use crate::operations::fixture::{ACCESS_TTL, DEMO, Fixture, PASSWORD, user_of};
use crate::operations::{OperationError, SignedIn};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

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
