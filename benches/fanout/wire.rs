//! What is said: the same bytes by and to each server.

/// Bytes of the text of a delivered message, Engine.IO's and Socket.IO's first characters included.
pub(crate) const MESSAGE: usize = 200;

/// How each delivered message begins.
const EVENT: &str = r#"42["sensor:reading","#;

/// What the servers are given to check tokens with.
pub(crate) const SECRET: &str = "only-for-the-comparison-0123456789abcdef";

/// The request that opens a WebSocket, without the long-polling before it.
pub(crate) const UPGRADE: &[u8] = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n\
    Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: Y29tcGFyZSBmYW4tb3V0IQ==\r\n\r\n";

/// `40{"org":"7","token":".."}`: most servers read the token, the floor takes the organization's word.
pub(crate) fn join(organization: &str, token: &str) -> String {
    format!(r#"40{{"org":"{organization}","token":"{token}"}}"#)
}

/// The data of a reading, padded so that its message has [`MESSAGE`] bytes.
pub(crate) fn data() -> String {
    let fields = r#"{"unitId":"01936f5e-7c1a-7000-8000-0000000000a1","hundredths":425,"note":""}"#;
    let room = MESSAGE - EVENT.len() - "]".len() - fields.len();
    let (start, end) = fields.split_at(fields.len() - 2);
    format!("{start}{}{end}", "x".repeat(room))
}

/// `42["publish",{"room":"org:7","data":{..}}]`
pub(crate) fn publish(organization: &str, data: &str) -> String {
    format!(r#"42["publish",{{"room":"org:{organization}","data":{data}}}]"#)
}

/// What each member of the room gets.
pub(crate) fn delivered(data: &str) -> String {
    format!("{EVENT}{data}]")
}
