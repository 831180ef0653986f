//! Watching a directory: what each answer says. The peer's bytes are the records.

use super::{finish, forget, io, is_quiet, pending, port, ready, scripts, LIMIT};
use crate::{
    sim::{Fault, Kernel, OwnedSocket, Peer, Script},
    ChangeAction, ChangeBuffer, ChangeFilter, CompletionKind, CompletionPort, DirectoryWatch,
    Error, NtStatus, Operation, Packets, Records, Watched,
};

fn record(next: u32, action: u32, name: &str) -> Vec<u8> {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u32::try_from(name.len()).unwrap();
    let mut bytes: Vec<u8> = [next, action, length].iter().flat_map(|n| n.to_le_bytes()).collect();
    bytes.extend(name);
    bytes
}

fn watch(kernel: &Kernel) -> (CompletionPort, DirectoryWatch<OwnedSocket>, Peer) {
    let port = port();
    let (directory, peer) = kernel.stream_pair();
    let watch = port.watch_directory(directory, ChangeFilter::NAMES, true, 3).unwrap();
    (port, watch, peer)
}

fn operation(port: &CompletionPort) -> Operation<ChangeBuffer> {
    port.operation(ChangeBuffer::new(0), 1).unwrap()
}

#[test]
fn changes_come_as_records_and_the_operation_watches_on() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, watch, peer) = watch(&kernel);
        let mut packets = Packets::with_capacity(4);
        let mut operation = operation(&port);
        for round in 0..3 {
            let ticket = pending(watch.changes(operation));
            assert!(is_quiet(&port, &mut packets), "nothing has changed");
            let mut bytes = record(20, 1, "a.tx");
            bytes.extend(record(0, 3, &format!("b{round}")));
            peer.send(&bytes);
            io(&port, &mut packets);
            let completed = finish(ticket);
            let Watched::Changes(changes) = completed.watched().unwrap() else { panic!("changes") };
            let seen: Vec<_> = changes
                .clone()
                .map(|change| (change.action, change.name.to_string_lossy()))
                .collect();
            assert_eq!(
                seen,
                [
                    (ChangeAction::Added, "a.tx".to_owned()),
                    (ChangeAction::Modified, format!("b{round}"))
                ]
            );
            operation = completed.into_operation();
        }
    }
}

#[test]
fn an_overflow_is_told_as_look_again_whichever_way_the_system_says_so() {
    let kernel = Kernel::new(Script::default());
    let (port, directory, _peer) = {
        let (directory, peer) = kernel.stream_pair();
        (port(), std::sync::Arc::new(directory), peer)
    };
    let watch = port
        .watch_directory(std::sync::Arc::clone(&directory), ChangeFilter::NAMES, false, 3)
        .unwrap();
    let mut packets = Packets::with_capacity(4);
    let mut operation = operation(&port);
    let gone = [NtStatus::DELETE_PENDING.0, NtStatus::FILE_DELETED.0];
    let stopped = [NtStatus::CANCELLED.0, NtStatus::NOTIFY_CLEANUP.0];
    for status in [NtStatus::NOTIFY_ENUM_DIR.0, 0].into_iter().chain(gone).chain(stopped) {
        kernel.fault(&directory, Fault::Done { status, bytes: 0 });
        let completed = match watch.changes(operation).pending() {
            Ok(ticket) => {
                io(&port, &mut packets);
                finish(ticket)
            }
            Err(submitted) => ready(submitted),
        };
        let said = completed.watched().unwrap();
        let right = match said {
            Watched::LookAgain => status == 0 || status == NtStatus::NOTIFY_ENUM_DIR.0,
            Watched::Gone => gone.contains(&status),
            Watched::Stopped => stopped.contains(&status),
            Watched::Changes(_) => false,
        };
        assert!(right, "{status:#x}: {said:?}");
        operation = completed.into_operation();
    }
    kernel.fault(&directory, Fault::Fail(NtStatus::NETWORK_NAME_DELETED.0));
    let completed = ready(watch.changes(operation));
    assert_eq!(completed.watched().unwrap_err().kind, CompletionKind::Reset, "the drive is gone");
    assert!(is_quiet(&port, &mut packets), "no packet is owed");
}

#[test]
fn a_malformed_record_is_the_last_and_reads_nothing_outside() {
    let kernel = Kernel::new(Script::default());
    let (port, watch, peer) = watch(&kernel);
    let ticket = pending(watch.changes(operation(&port)));
    let mut bytes = record(16, 1, "ab");
    bytes.extend([0, 0, 0, 0, 1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
    peer.send(&bytes);
    io(&port, &mut Packets::with_capacity(4));
    let completed = finish(ticket);
    let Watched::Changes(mut changes) = completed.watched().unwrap() else { panic!("changes") };
    assert!(changes.next().unwrap().name == "ab");
    assert!(changes.next().is_none() && changes.is_malformed());
}

#[test]
fn a_watch_that_is_stopped_dropped_or_whose_ticket_is_dropped_frees_its_buffer_later() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, watch, _peer) = watch(&kernel);
        let mut packets = Packets::with_capacity(4);
        let ticket = pending(watch.changes(operation(&port)));
        watch.stop().unwrap();
        io(&port, &mut packets);
        assert!(matches!(finish(ticket).watched(), Ok(Watched::Stopped)));
        drop(pending(watch.changes(operation(&port))));
        let ticket = pending(watch.changes(operation(&port)));
        drop(watch);
        while !ticket.is_done() {
            port.wait(&mut packets, LIMIT).unwrap();
        }
        assert!(matches!(finish(ticket).watched(), Ok(Watched::Stopped)));
        super::drain(&port);
        assert_eq!(port.stats().operations, 0);
    }
    // Forgotten, it goes on.
    let kernel = Kernel::new(Script::default());
    let (port, watch, peer) = watch(&kernel);
    forget(pending(watch.changes(operation(&port))));
    peer.send(&record(0, 2, "x"));
    io(&port, &mut Packets::with_capacity(4));
}

#[test]
fn extended_records_are_refused_where_the_system_has_none() {
    let kernel = Kernel::new(Script { extended_changes: false, ..Script::default() });
    let (_port, mut watch, _peer) = watch(&kernel);
    assert!(matches!(watch.set_records(Records::Extended), Err(Error::Unsupported(_))));
    watch.set_records(Records::Basic).unwrap();
    let kernel = Kernel::new(Script::default());
    let (port, mut watch, peer) = self::watch(&kernel);
    watch.set_records(Records::Extended).unwrap();
    let ticket = pending(watch.changes(operation(&port)));
    let mut bytes = vec![0; 84];
    bytes[48] = 9;
    peer.send(&bytes);
    io(&port, &mut Packets::with_capacity(4));
    let completed = finish(ticket);
    let Watched::Changes(mut changes) = completed.watched().unwrap() else { panic!("changes") };
    assert_eq!(changes.next().unwrap().details.unwrap().size, 9);
}
