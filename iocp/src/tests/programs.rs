//! Random programs of one thread against a small model of what must come of them.
//!
//! Where a storm finds that something breaks, this finds the shortest program that breaks it: the
//! steps are drawn and shrunk by `proptest`. `PROPTEST_CASES` says how many programs are tried.

mod machine;
mod model;
mod tickets;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use self::machine::Machine;
use crate::sim::{Answer, Finish, Order, Script};

/// One step; its numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Recv { stream: usize, room: usize },
    Send { stream: usize, len: usize },
    PeerSend { stream: usize, len: usize },
    PeerEnd { stream: usize },
    Finish(usize),
    Cancel(usize),
    LateCancel(usize),
    CancelAll { stream: usize },
    Drop(usize),
    Detach(usize),
    Park(usize),
    Redeem(usize),
    Discard(usize),
    Post,
    Wake,
    FailPosts(u32),
    Forge { slot: usize, key: usize },
    FailCall { stream: usize },
    CloseSocket { stream: usize },
    ClosePort,
    WaitOnce,
    WaitAll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any = 0..64_usize;
    let step = prop_oneof![
        12 => (any.clone(), 0..12_usize).prop_map(|(stream, room)| Step::Recv { stream, room }),
        3 => (any.clone(), 0..12_usize).prop_map(|(stream, len)| Step::Send { stream, len }),
        10 => (any.clone(), 1..12_usize).prop_map(|(stream, len)| Step::PeerSend { stream, len }),
        1 => any.clone().prop_map(|stream| Step::PeerEnd { stream }),
        8 => any.clone().prop_map(Step::Finish),
        3 => any.clone().prop_map(Step::Cancel),
        3 => any.clone().prop_map(Step::LateCancel),
        1 => any.clone().prop_map(|stream| Step::CancelAll { stream }),
        2 => any.clone().prop_map(Step::Drop),
        2 => any.clone().prop_map(Step::Detach),
        3 => any.clone().prop_map(Step::Park),
        3 => any.clone().prop_map(Step::Redeem),
        1 => any.clone().prop_map(Step::Discard),
        2 => Just(Step::Post),
        2 => Just(Step::Wake),
        1 => (0..3_u32).prop_map(Step::FailPosts),
        6 => (any.clone(), any.clone()).prop_map(|(slot, key)| Step::Forge { slot, key }),
        1 => any.clone().prop_map(|stream| Step::FailCall { stream }),
        1 => any.prop_map(|stream| Step::CloseSocket { stream }),
        1 => Just(Step::ClosePort),
        6 => Just(Step::WaitOnce),
        3 => Just(Step::WaitAll),
    ];
    prop::collection::vec(step, 0..60)
}

/// Kernels without a thread of their own: the same program always does the same.
fn scripts() -> impl Strategy<Value = Script> {
    let finish = prop_oneof![Just(Finish::WhenDone), Just(Finish::AtDequeue)];
    let order = prop_oneof![Just(Order::CountFirst), Just(Order::StatusFirst)];
    let answer = prop_oneof![Just(Answer::AtOnce), Just(Answer::Pending)];
    let percent = prop_oneof![Just(0_u8), Just(50)];
    (any::<u64>(), finish, order, answer, percent.clone(), percent.clone(), percent).prop_map(
        |(seed, finish, order, answer, buffered, duplicates, overtaking)| Script {
            seed,
            finish,
            order,
            answer,
            buffered,
            duplicates,
            overtaking,
            ..Script::default()
        },
    )
}

#[test]
fn random_programs_do_what_the_model_says() {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = if cfg!(miri) { 2 } else { 150 };
    }
    let cases = config.cases;
    let programs = (scripts(), any::<bool>(), steps());
    let outcome = TestRunner::new(config).run(&programs, |(script, skips, steps)| {
        let mut machine = Machine::new(script, skips);
        for step in &steps {
            machine.step(step);
        }
        machine.end();
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    println!("{cases} programs");
}
