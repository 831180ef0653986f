//! Reads of pipes: messages, no bytes, and what is left when the writer has closed.

use iocp_sys as sys;

use super::{
    kit::{
        handle,
        memory::{Block, Buffer},
        pipe::{self, Make, BYTES, MESSAGES, WAITING},
        port::Port,
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "PIPE24",
        "the client has closed: read with data left, without; write; packets",
        "done, 1 bytes; error 109; error 232; packet SUCCESS, 1 bytes; no packet",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, block) = (Port::of(&server), Block::new());
            handle::write(&client, b"a", Some(Block::new()));
            drop(client);
            let left = handle::read(&server, Buffer::new(4), Some(block));
            let without = handle::read(&server, Buffer::new(4), Some(Block::new()));
            let written = handle::write(&server, b"a", Some(Block::new()));
            let packet = port.packet(block);
            format!("{left}; {without}; {written}; {packet}; {}", port.rest())
        },
    ),
    Fact::new(
        "PIPE25",
        "a message of 0 bytes was sent, the sender has closed: two reads",
        "done, 0 bytes; error 109",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            handle::write(&client, b"", Some(Block::new()));
            drop(client);
            let first = handle::read(&server, Buffer::new(4), Some(Block::new()));
            format!("{first}; {}", handle::read(&server, Buffer::new(4), Some(Block::new())))
        },
    ),
    Fact::new(
        "PIPE27",
        "a message of 5 bytes, three reads of 2, synchronous",
        "error 234, 2; error 234, 2; done, 1 bytes, 1",
        || {
            let (server, client) = pipe::pair(WAITING);
            handle::write(&client, b"abcde", None);
            let reads = [(); 3].map(|()| {
                let read = handle::read(&server, Buffer::new(2), None);
                format!("{read}, {}", read.count)
            });
            reads.join("; ")
        },
    ),
    Fact::new(
        "PIPE28",
        "a message that is longer than the buffer: the count of the call, the block, the result",
        "0; block BUFFER_OVERFLOW, 2 bytes; error 234, 2",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let block = Block::new();
            handle::write(&client, b"abcd", Some(Block::new()));
            let read = handle::read(&server, Buffer::new(2), Some(block));
            let result = handle::result(&server, block);
            format!("{}; {block}; {result}, {}", read.count, result.count)
        },
    ),
    Fact::new(
        "PIPE29",
        "a pending read, then a message that is longer",
        "pending; block BUFFER_OVERFLOW, 2 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let block = Block::new();
            let call = handle::read(&server, Buffer::new(2), Some(block));
            handle::write(&client, b"abcd", Some(Block::new()));
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new("PIPE30", "two messages, a read by bytes", "done, 3 bytes, abc.", || {
        let mode = sys::PIPE_TYPE_MESSAGE;
        let (server, client) = pipe::pair(Make { mode, ..WAITING });
        handle::write(&client, b"ab", None);
        handle::write(&client, b"c", None);
        let buffer = Buffer::new(4);
        format!("{}, {}", handle::read(&server, buffer, None), buffer.text())
    }),
    Fact::new(
        "PIPE31",
        "a read of 0 bytes of an empty pipe of bytes, then data, then a read of them",
        "pending; block SUCCESS, 0 bytes; done, 2 bytes",
        || {
            let (server, client) = pipe::pair(BYTES);
            let block = Block::new();
            let call = handle::read(&server, Buffer::new(0), Some(block));
            handle::write(&client, b"ab", Some(Block::new()));
            let end = block.end();
            let next = handle::read(&server, Buffer::new(4), Some(Block::new()));
            format!("{call}; {end}; {next}")
        },
    ),
    Fact::new(
        "PIPE32",
        "reads of 0 and 1 bytes pending, a write of 0 bytes: messages; bytes",
        "SUCCESS, PENDING; PENDING, PENDING",
        || {
            let both = [MESSAGES, BYTES].map(|make| {
                let (server, client) = pipe::pair(make);
                let (first, second) = (Block::new(), Block::new());
                handle::read(&server, Buffer::new(0), Some(first));
                handle::read(&server, Buffer::new(1), Some(second));
                handle::write(&client, b"", Some(Block::new()));
                if make.mode == MESSAGES.mode {
                    first.end();
                }
                format!("{}, {}", first.status(), second.status())
            });
            both.join("; ")
        },
    ),
    Fact::new(
        "PIPE53",
        "ReadFile and WriteFile that are done at once, with a port",
        "done, 2 bytes; packet SUCCESS, 2 bytes; done, 1 bytes; packet SUCCESS, 1 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, read, written) = (Port::of(&server), Block::new(), Block::new());
            handle::write(&client, b"ab", Some(Block::new()));
            let first = handle::read(&server, Buffer::new(4), Some(read));
            let packet = port.packet(read);
            let second = handle::write(&server, b"c", Some(written));
            format!("{first}; {packet}; {second}; {}", port.packet(written))
        },
    ),
];
