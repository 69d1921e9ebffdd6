"""python3 flow.py <url> <polling|websocket|default>: the same steps with python-socketio, in short."""

import queue
import sys

import socketio

url, transports = sys.argv[1:]
client = socketio.Client(reconnection=False)
seen = queue.Queue()


def note(event):
    client.on(event, lambda *args: seen.put((event, *args)))


for event in ("welcome", "back", "answered"):
    note(event)
client.on("hello", lambda *args: seen.put(("hello", *args)), namespace="/custom")
client.on("question", lambda what: what["number"] + 1)


def expect(*expected):
    got = seen.get(timeout=10)
    assert got == expected, f"{got} is not {expected}"


client.connect(
    url,
    auth={"room": "flow"},
    namespaces=["/", "/custom"],
    transports=None if transports == "default" else [transports],
)
assert sorted(seen.get(timeout=10)[0] for _ in range(2)) == ["hello", "welcome"]
client.emit("echo", ("text é", 1, {"nested": [None, b"\x00\xff"]}))
expect("back", "text é", 1, {"nested": [None, b"\x00\xff"]})
assert client.call("ask", 7, timeout=10) == 7
client.emit("ask-me", {"number": 1})
expect("answered", 2)
if transports == "default":
    assert client.transport() == "websocket"
client.disconnect()
print("flow complete")
