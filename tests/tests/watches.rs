//! Watching a directory: records, overflow, the directory's end.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    collections::HashSet,
    ffi::OsString,
    fs::{self, File},
    os::windows::ffi::OsStringExt,
    path::PathBuf,
};

use iocp::{
    ChangeAction, ChangeBuffer, ChangeFilter, Completed, CompletionPort, DirectoryWatch, Error,
    Operation, Packet, Records, Watched,
};
use iocp_tests::{
    kernel, not_here,
    waiting::{assert_no_packet, done, finish, pending},
};

/// A folder of this test's own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("iocp-watch-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&path));
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

type Watch = DirectoryWatch<File>;

fn parts(folder: &Folder, subtree: bool) -> (CompletionPort, Watch, Operation<ChangeBuffer>) {
    let port = CompletionPort::new().unwrap();
    let watch = port.watch(&folder.0, ChangeFilter::NAMES, subtree, 3).unwrap();
    let operation = port.operation(ChangeBuffer::new(16 << 10), 0).unwrap();
    (port, watch, operation)
}

/// Actions and names of an answer; adds to the list.
fn add(completed: &Completed<ChangeBuffer>, all: &mut Vec<(ChangeAction, OsString)>) {
    match completed.watched().unwrap() {
        Watched::Changes(changes) => {
            all.extend(changes.map(|change| (change.action, change.name.to_os_string())));
        }
        other => panic!("{other:?}"),
    }
}

// Behaviour 62.
#[test]
fn three_hundred_files_below_are_told_once_each_with_any_name() {
    let folder = Folder::new("many");
    let below = folder.0.join("below");
    let (port, watch, mut operation) = parts(&folder, true);
    let mut ticket = pending(watch.changes(operation));
    assert_no_packet(&port);
    // After the first submit: of what was there before, Wine watches the directory alone.
    fs::create_dir(&below).unwrap();
    operation = finish(&port, ticket).into_operation();
    ticket = pending(watch.changes(operation));
    // Half of a pair, which no text has.
    let odd = OsString::from_wide(&[0x61, 0xD800, 0x62]);
    let mut names: HashSet<OsString> =
        (0..299).map(|n| OsString::from(format!("datei-\u{e4}\u{6f22}{n}"))).collect();
    if kernel().is_wine() {
        not_here("names of files that are not Unicode: the host's file system takes none");
    } else {
        names.insert(odd);
    }
    for name in &names {
        fs::write(below.join(name), b"").unwrap();
    }
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    while seen.len() < names.len() {
        let completed = finish(&port, ticket);
        all.clear();
        add(&completed, &mut all);
        for (action, name) in &all {
            let name = PathBuf::from(name);
            if *action == ChangeAction::Added && name.starts_with("below") {
                seen.insert(name.file_name().unwrap().to_owned());
            }
        }
        operation = completed.into_operation();
        ticket = pending(watch.changes(operation));
    }
    let missing: Vec<_> = names.difference(&seen).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

// Behaviour 62.
#[test]
fn a_renaming_and_a_removal_are_told_and_what_changes_between_two_answers_is_kept() {
    let folder = Folder::new("rename");
    let (port, watch, mut operation) = parts(&folder, false);
    let mut all = Vec::new();
    let mut ticket = pending(watch.changes(operation));
    fs::write(folder.0.join("a"), b"").unwrap();
    let completed = finish(&port, ticket);
    add(&completed, &mut all);
    operation = completed.into_operation();
    // No operation is in flight: the system keeps them (fact DIR11).
    fs::rename(folder.0.join("a"), folder.0.join("b")).unwrap();
    fs::remove_file(folder.0.join("b")).unwrap();
    while !all.contains(&(ChangeAction::Removed, "b".into())) {
        ticket = pending(watch.changes(operation));
        let completed = finish(&port, ticket);
        add(&completed, &mut all);
        operation = completed.into_operation();
    }
    let told = [
        (ChangeAction::Added, "a"),
        (ChangeAction::RenamedFrom, "a"),
        (ChangeAction::RenamedTo, "b"),
        (ChangeAction::Removed, "b"),
    ];
    for (action, name) in told {
        assert!(all.contains(&(action, name.into())), "{action:?} {name}: {all:?}");
    }
}

// Behaviour 62b.
#[test]
fn more_than_fits_is_told_as_look_again_and_the_watch_goes_on() {
    let folder = Folder::new("overflow");
    let port = CompletionPort::new().unwrap();
    let watch = port.watch(&folder.0, ChangeFilter::NAMES, false, 3).unwrap();
    let mut operation = port.operation(ChangeBuffer::new(0), 0).unwrap();
    let ticket = pending(watch.changes(operation));
    fs::write(folder.0.join("first"), b"").unwrap();
    operation = finish(&port, ticket).into_operation();
    for n in 0..100 {
        fs::write(folder.0.join(format!("{n:0>100}")), b"").unwrap();
    }
    let completed = done(&port, watch.changes(operation));
    assert!(matches!(completed.watched(), Ok(Watched::LookAgain)), "{completed:?}");
    operation = completed.into_operation();
    // A change after it comes as ever.
    fs::write(folder.0.join("last"), b"").unwrap();
    let mut all = Vec::new();
    while !all.contains(&(ChangeAction::Added, "last".into())) {
        let completed = done(&port, watch.changes(operation));
        match completed.watched().unwrap() {
            Watched::LookAgain => {}
            _ => add(&completed, &mut all),
        }
        operation = completed.into_operation();
    }
}

// Behaviour 62b.
#[test]
fn a_watch_is_stopped_by_a_call_or_by_its_drop() {
    let folder = Folder::new("stop");
    let (port, watch, operation) = parts(&folder, false);
    let ticket = pending(watch.changes(operation));
    watch.stop().unwrap();
    let completed = finish(&port, ticket);
    assert!(matches!(completed.watched(), Ok(Watched::Stopped)), "{completed:?}");
    let ticket = pending(watch.changes(completed.into_operation()));
    drop(watch);
    let completed = finish(&port, ticket);
    assert!(matches!(completed.watched(), Ok(Watched::Stopped)), "{completed:?}");
    assert_no_packet(&port);
}

// Behaviour 62b.
#[test]
fn a_directory_that_is_deleted_ends_its_watch() {
    let folder = Folder::new("gone");
    let inner = folder.0.join("inner");
    fs::create_dir(&inner).unwrap();
    let port = CompletionPort::new().unwrap();
    let watch = port.watch(&inner, ChangeFilter::NAMES, false, 3).unwrap();
    let ticket = pending(watch.changes(port.operation(ChangeBuffer::new(0), 0).unwrap()));
    fs::remove_dir(&inner).unwrap();
    if kernel().is_wine() {
        not_here("a deleted directory that was watched: Wine tells nothing");
        return;
    }
    let completed = finish(&port, ticket);
    let again = match completed.watched() {
        Ok(Watched::LookAgain) => done(&port, watch.changes(completed.into_operation())),
        _ => completed,
    };
    assert!(matches!(again.watched(), Ok(Watched::Gone) | Err(_)), "{again:?}");
}

// Behaviour 62.
#[test]
fn what_is_no_directory_is_refused_and_extended_records_where_there_are_none() {
    let folder = Folder::new("file");
    let file = folder.0.join("file");
    fs::write(&file, b"").unwrap();
    let port = CompletionPort::new().unwrap();
    let error = port.watch(&file, ChangeFilter::NAMES, false, 3).unwrap_err();
    assert!(error.raw_os_error().is_some(), "{error}");
    assert!(port.watch(folder.0.join("no"), ChangeFilter::NAMES, false, 3).is_err());
    let (port, mut watch, operation) = parts(&folder, false);
    match watch.set_records(Records::Extended) {
        Ok(()) => {
            let ticket = pending(watch.changes(operation));
            fs::write(folder.0.join("x"), b"12345").unwrap();
            let completed = finish(&port, ticket);
            let Watched::Changes(mut changes) = completed.watched().unwrap() else {
                panic!("{completed:?}")
            };
            assert!(changes.next().unwrap().details.is_some());
        }
        Err(Error::Unsupported(_)) => {
            not_here("extended records of a watch: this Wine has none");
        }
        Err(other) => panic!("{other}"),
    }
}

// Behaviour 62: with everything else on the port.
#[test]
fn an_answer_is_a_packet_with_the_watchs_key() {
    let folder = Folder::new("key");
    let (port, watch, operation) = parts(&folder, false);
    let ticket = pending(watch.changes(operation));
    fs::write(folder.0.join("x"), b"").unwrap();
    let packets = iocp_tests::waiting::wait_for(&port, 1);
    assert!(matches!(packets[..], [Packet::Io { key: 3, token: 0, .. }]), "{packets:?}");
    drop(ticket);
}
