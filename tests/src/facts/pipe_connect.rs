//! Making pipes, and waiting for clients.

use iocp_sys as sys;

use super::{
    kit::{
        handle::{self, event, Raw},
        memory::{Block, Buffer},
        pipe::{self, Make, BYTES, MESSAGES, WAITING},
        port::Port,
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new("PIPE01", "another name; bytes to be read by messages", "123; 87", || {
        let other = pipe::server(r"iocp-facts", MESSAGES).unwrap_err();
        let mode = sys::PIPE_TYPE_BYTE | sys::PIPE_READMODE_MESSAGE;
        let mixed = pipe::server(&pipe::new_name(), Make { mode, ..BYTES }).unwrap_err();
        format!("{other}; {mixed}")
    }),
    Fact::new("PIPE02", "a second instance of a pipe that has one at most", "231", || {
        let name = pipe::new_name();
        let _first = pipe::server(&name, MESSAGES).unwrap();
        said(&pipe::server(&name, MESSAGES))
    }),
    Fact::new("PIPE03", "a second instance with another direction", "5", || {
        let (name, two) = (pipe::new_name(), Make { instances: 2, ..MESSAGES });
        let _first = pipe::server(&name, two).unwrap();
        let access = sys::PIPE_ACCESS_OUTBOUND | sys::FILE_FLAG_OVERLAPPED;
        said(&pipe::server(&name, Make { access, ..two }))
    }),
    Fact::new(
        "PIPE04",
        "a second instance of bytes, with more room and another maximum",
        "0",
        || {
            let name = pipe::new_name();
            let _first = pipe::server(&name, Make { instances: 3, ..MESSAGES }).unwrap();
            said(&pipe::server(&name, Make { instances: 2, room: 1024, ..BYTES }))
        },
    ),
    Fact::new("PIPE05", "a new handle; one whose listen is pending", "set; not set", || {
        let server = new(MESSAGES);
        let before = handle::state(&server);
        pipe::listen(&server, Some(Block::new()));
        format!("{before}; {}", handle::state(&server))
    }),
    Fact::new(
        "PIPE07",
        "a listen with a port; a client opens",
        "997; packet SUCCESS, 0 bytes",
        || {
            let name = pipe::new_name();
            let server = pipe::server(&name, MESSAGES).unwrap();
            let (port, block) = (Port::of(&server), Block::new());
            let call = pipe::listen(&server, Some(block));
            let _client = pipe::client(&name, MESSAGES);
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new("PIPE08", "a client opened before the listen", "535, status PENDING", || {
        let (server, _client) = pipe::pair(MESSAGES);
        let event = event();
        let block = Block::with_event(event.raw());
        let call = pipe::listen(&server, Some(block));
        format!("{call}, status {}", block.status())
    }),
    Fact::new(
        "PIPE10",
        "PIPE_NOWAIT: the client has come and closed; disconnected, again",
        "232; 0, 536",
        || {
            let (server, client) = pipe::pair(not_waiting());
            drop(client);
            let gone = pipe::listen(&server, None);
            let disconnected = pipe::disconnect(&server);
            format!("{gone}; {disconnected}, {}", pipe::listen(&server, None))
        },
    ),
    Fact::new("PIPE11", "a listen on the client's handle", "1", || {
        let (_server, client) = pipe::pair(WAITING);
        pipe::listen(&client, None).to_string()
    }),
    Fact::new("PIPE13", "PIPE_NOWAIT: no client", "536", || {
        pipe::listen(&new(not_waiting()), None).to_string()
    }),
    Fact::new("PIPE14", "a listen is cancelled by CancelIo", "997; 0; error 995; set", || {
        let (server, event) = (new(MESSAGES), event());
        let block = Block::with_event(event.raw());
        let call = pipe::listen(&server, Some(block));
        let cancelled = handle::cancel_thread(&server);
        block.end();
        let result = handle::result(&server, block);
        format!("{call}; {cancelled}; {result}; {}", handle::state(&event))
    }),
    Fact::new(
        "PIPE15",
        "the handle is closed while its listen is pending",
        "event set: true",
        || {
            let (server, event) = (new(MESSAGES), event());
            pipe::listen(&server, Some(Block::with_event(event.raw())));
            drop(server);
            format!("event set: {}", handle::wait_signalled(&event))
        },
    ),
    Fact::new("PIPE16", "open when the instance is taken; disconnected", "231; 231", || {
        let name = pipe::new_name();
        let server = pipe::server(&name, MESSAGES).unwrap();
        let _client = pipe::client(&name, MESSAGES);
        let taken = said(&pipe::open(&name, sys::GENERIC_READ, 0));
        assert_eq!(pipe::disconnect(&server), 0, "DisconnectNamedPipe");
        format!("{taken}; {}", said(&pipe::open(&name, sys::GENERIC_READ, 0)))
    }),
    Fact::new(
        "PIPE18",
        "WaitNamedPipe: no such pipe; a free instance; none free, 10 ms",
        "2; 0; 121",
        || {
            let name = pipe::new_name();
            let no_such = pipe::wait(&name, 1000);
            let _server = pipe::server(&name, MESSAGES).unwrap();
            let free = pipe::wait(&name, 1000);
            let _client = pipe::client(&name, MESSAGES);
            format!("{no_such}; {free}; {}", pipe::wait(&name, 10))
        },
    ),
    Fact::new("PIPE20", "read and write while there is no client", "error 536; error 536", || {
        let server = new(WAITING);
        let read = handle::read(&server, Buffer::new(4), None);
        format!("{read}; {}", handle::write(&server, b"a", None))
    }),
    Fact::new(
        "PIPE21",
        "disconnected: read and write of the server, read and write of the client",
        "error 233; error 233; error 233; error 233",
        || {
            let (server, client) = pipe::pair(WAITING);
            assert_eq!(pipe::disconnect(&server), 0, "DisconnectNamedPipe");
            let answers = [&server, &client].map(|end| {
                let read = handle::read(end, Buffer::new(4), None);
                format!("{read}; {}", handle::write(end, b"a", None))
            });
            answers.join("; ")
        },
    ),
    Fact::new(
        "PIPE22",
        "disconnected: again; peek of the server, of the client",
        "error 233; error 230; error 233",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            assert_eq!(pipe::disconnect(&server), 0, "DisconnectNamedPipe");
            let again = pipe::disconnect(&server);
            let peeked = pipe::available(&server);
            format!("error {again}; {peeked}; {}", pipe::available(&client))
        },
    ),
    Fact::new("PIPE23", "disconnected: the client's handle", "not set", || {
        let (server, client) = pipe::pair(WAITING);
        assert_eq!(pipe::disconnect(&server), 0, "DisconnectNamedPipe");
        handle::state(&client).to_owned()
    }),
];

/// A server without a client.
fn new(make: Make) -> std::os::windows::io::OwnedHandle {
    pipe::server(&pipe::new_name(), make).unwrap()
}

/// A pipe whose calls do not wait.
fn not_waiting() -> Make {
    Make { mode: WAITING.mode | sys::PIPE_NOWAIT, ..WAITING }
}

/// 0, or the code.
fn said<T>(result: &Result<T, u32>) -> String {
    result.as_ref().err().copied().unwrap_or(0).to_string()
}
