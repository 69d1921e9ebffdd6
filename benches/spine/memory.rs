//! What a connected client takes: the server's memory before and after a thousand of them, idle and after each
//! was sent something.

use std::time::Duration;

use actix_web::rt::time::sleep;
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use crate::failure::Failure;
use crate::http::Connection;
use crate::server::Server;
use crate::socket::{Account, Socket};
use crate::uplink::{Organization, SENSORS, Uplink};
use crate::{in_time, within};

/// Clients of one organization, each on a WebSocket of its own.
pub(crate) const CLIENTS: usize = 1_000;

/// Clients before those, so that what the first ones cause is not counted.
const WARM_UP: usize = 20;

/// Handshakes at once.
const ABREAST: usize = 32;

/// For all of them to connect: within it no client has to answer a ping.
const LIMIT: Duration = Duration::from_secs(40);

/// What the server still has to do gets done, and the allocator gives back what it will.
const SETTLING: Duration = Duration::from_secs(2);

/// What was measured, in bytes of anonymous memory.
pub(crate) struct Memory {
    /// With the first few clients.
    pub(crate) before: u64,
    /// With all of them, idle.
    pub(crate) connected: u64,
    /// After each was sent a batch.
    pub(crate) served: u64,
    /// From the first handshake to the last.
    pub(crate) connecting: Duration,
}

/// Measures on a server that has no clients yet.
///
/// # Errors
/// If a client is refused, or a batch does not reach each of them.
pub(crate) async fn measure(server: &Server) -> Result<Memory, Failure> {
    let account = Account::login(server, Organization::DemoFoods).await?;
    let mut sockets = connect(&account, WARM_UP).await?;
    serve(server, &mut sockets, 1).await?;
    let before = settled(server).await?;

    let start = Instant::now();
    sockets.extend(connect(&account, CLIENTS).await?);
    let connecting = start.elapsed();
    let connected = settled(server).await?;
    serve(server, &mut sockets, 2).await?;
    Ok(Memory {
        before,
        connected,
        served: settled(server).await?,
        connecting,
    })
}

async fn connect(account: &Account, count: usize) -> Result<Vec<Socket>, Failure> {
    let sockets = stream::iter(0..count)
        .map(|_| account.connect())
        .buffer_unordered(ABREAST)
        .try_collect();
    within(LIMIT, "connected clients", sockets).await
}

/// Posts an uplink and waits until every client has it.
async fn serve(server: &Server, sockets: &mut [Socket], f_cnt: u32) -> Result<(), Failure> {
    // The server closes a connection that is idle for as long as the clients take.
    let mut caller = Connection::open(server.address).await?;
    let [sensor, ..] = SENSORS;
    let request = caller.uplink_request(&Uplink {
        sensor,
        f_cnt,
        hundredths: sensor.cold,
    });
    in_time("an answer", caller.post_uplink(&request)).await?;
    let batches = sockets
        .iter_mut()
        .map(|socket| socket.expect("sensor:readings:batch"));
    try_join_all(batches).await?;
    Ok(())
}

async fn settled(server: &Server) -> Result<u64, Failure> {
    sleep(SETTLING).await;
    server.anonymous_memory()
}
