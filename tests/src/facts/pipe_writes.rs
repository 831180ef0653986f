//! Writes to pipes, transactions, and what ends an operation of a pipe.

use std::os::windows::io::OwnedHandle;

use iocp_sys as sys;

use super::{
    kit::{
        handle::{self, event, Raw},
        memory::{Block, Buffer},
        pipe::{self, Make, BYTES, MESSAGES},
        port::Port,
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "PIPE33",
        "a write of 600 bytes with room for 512; the client reads 600",
        "pending; block SUCCESS, 600 bytes",
        || {
            let (server, client) = pipe::pair(BYTES);
            let block = Block::new();
            let call = handle::write(&server, &[1; 600], Some(block));
            let mut left: u32 = 600;
            while left > 0 {
                let (buffer, read) = (Buffer::new(left as usize), Block::new());
                handle::read(&client, buffer, Some(read));
                read.end();
                left -= handle::result(&client, read).count.min(left);
            }
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new(
        "PIPE35",
        "a write that fits; one of 4000 bytes for which a read of 1000 is pending",
        "done, 5 bytes; done, 4000 bytes",
        || {
            let (server, client) = pipe::pair(BYTES);
            let fits = handle::write(&client, b"abcde", Some(Block::new()));
            let make = Make { room: 5000, ..BYTES };
            let (server_2, client_2) = pipe::pair(make);
            handle::read(&server_2, Buffer::new(1000), Some(Block::new()));
            let served = handle::write(&client_2, &[1; 4000], Some(Block::new()));
            drop(server);
            format!("{fits}; {served}")
        },
    ),
    Fact::new(
        "PIPE36",
        "a pending write of 600 bytes is cancelled: its end, what the client can read",
        "pending; block CANCELLED, 0 bytes; 0",
        || {
            let (server, client) = pipe::pair(BYTES);
            let block = Block::new();
            let call = handle::write(&server, &[1; 600], Some(block));
            handle::cancel(&server, Some(block));
            let end = block.end();
            format!("{call}; {end}; {}", pipe::available(&client).count)
        },
    ),
    Fact::new("PIPE37", "the client closes with a write pending", "pending; error 109", || {
        let (server, client) = pipe::pair(BYTES);
        let block = Block::new();
        let call = handle::write(&server, &[1; 600], Some(block));
        drop(client);
        block.end();
        format!("{call}; {}", handle::result(&server, block))
    }),
    Fact::new(
        "PIPE38",
        "DisconnectNamedPipe with a write pending on each end",
        "error 233; error 233",
        || {
            let (server, client) = pipe::pair(BYTES);
            let blocks = [&server, &client].map(|end| {
                let block = Block::new();
                handle::write(end, &[1; 600], Some(block));
                block
            });
            assert_eq!(pipe::disconnect(&server), 0, "DisconnectNamedPipe");
            let ends = blocks.map(|block| {
                block.end();
                handle::result(&server, block).to_string()
            });
            ends.join("; ")
        },
    ),
    Fact::new(
        "PIPE40",
        "the client closes with a read pending",
        "pending; packet PIPE_BROKEN, 0 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, block) = (Port::of(&server), Block::new());
            let call = handle::read(&server, Buffer::new(4), Some(block));
            drop(client);
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "PIPE41",
        "the own handle is closed with a read pending",
        "pending; packet PIPE_BROKEN, 0 bytes",
        || {
            let (server, _client) = pipe::pair(MESSAGES);
            let (port, block) = (Port::of(&server), Block::new());
            let call = handle::read(&server, Buffer::new(4), Some(block));
            drop(server);
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new("PIPE42", "PIPE_NOWAIT: a read of an empty pipe", "error 232", || {
        let (server, _client) = pipe::pair(not_waiting());
        handle::read(&server, Buffer::new(4), Some(Block::new())).to_string()
    }),
    Fact::new(
        "PIPE43",
        "PIPE_NOWAIT: a write of 513 bytes with room for 512",
        "done, 0 bytes",
        || {
            let (server, _client) = pipe::pair(not_waiting());
            handle::write(&server, &[1; 513], Some(Block::new())).to_string()
        },
    ),
    Fact::new("PIPE46", "FlushFileBuffers of an empty pipe", "0", || {
        let (server, _client) = pipe::pair(MESSAGES);
        pipe::flush(&server).to_string()
    }),
    Fact::new("PIPE47", "TransactNamedPipe with data unread: the end", "error 231", || {
        let (server, client) = pipe::pair(MESSAGES);
        handle::write(&client, b"ab", Some(Block::new()));
        transacted(&server)
    }),
    Fact::new("PIPE48", "TransactNamedPipe on a pipe of bytes: the end", "error 230", || {
        let (server, _client) = pipe::pair(BYTES);
        transacted(&server)
    }),
    Fact::new(
        "PIPE49",
        "TransactNamedPipe, the answer is longer than the buffer: its end, a read of the rest",
        "error 234, 2; done, 1 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let block = Block::new();
            pipe::transact(&server, b"ask", Buffer::new(2), Some(block));
            handle::write(&client, b"abc", Some(Block::new()));
            block.end();
            let result = handle::result(&server, block);
            let rest = handle::read(&server, Buffer::new(4), Some(Block::new()));
            format!("{result}, {}; {rest}", result.count)
        },
    ),
    Fact::new(
        "PIPE50",
        "TransactNamedPipe, cancelled: its end, what the other end reads",
        "error 995; done, 3 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let block = Block::new();
            pipe::transact(&server, b"ask", Buffer::new(2), Some(block));
            handle::cancel(&server, Some(block));
            block.end();
            let result = handle::result(&server, block);
            format!("{result}; {}", handle::read(&client, Buffer::new(4), Some(Block::new())))
        },
    ),
];

/// An overlapped pipe of bytes whose calls do not wait.
fn not_waiting() -> Make {
    Make { mode: BYTES.mode | sys::PIPE_NOWAIT, ..BYTES }
}

/// What a `TransactNamedPipe` ends with, at once or later.
fn transacted(server: &OwnedHandle) -> String {
    let event = event();
    let block = Block::with_event(event.raw());
    let call = pipe::transact(server, b"ask", Buffer::new(4), Some(block));
    if call.code != sys::ERROR_IO_PENDING {
        return call.to_string();
    }
    assert!(handle::wait_signalled(&event), "it ends");
    handle::result(server, block).to_string()
}
