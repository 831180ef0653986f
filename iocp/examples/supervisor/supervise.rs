//! The loop.

use std::{
    error::Error,
    ffi::OsString,
    io::BufRead,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use iocp::{
    AssociatedJob, CompletionPort, ConsoleControl, HandleWait, Job, JobMessage, Packet, Packets,
    Sender, Timer,
};

use super::command_line::{name, value, Words};

/// What packets are told apart by.
const ENDED: usize = 1;
const TREE: usize = 2;
const START: usize = 3;
const LOOK: usize = 4;
const NEWS: usize = 5;

/// `CREATE_NEW_PROCESS_GROUP` of winbase.h: Ctrl-C is for the supervisor alone.
const NEW_GROUP: u32 = 0x200;

/// Until a child that has ended is started again.
const PAUSE: Duration = Duration::from_millis(200);
/// How often what is left of a tree is looked for, should its messages be lost.
const EVERY: Duration = Duration::from_millis(100);

/// What to start, and how often again.
pub(crate) struct Arguments {
    program: OsString,
    arguments: Vec<OsString>,
    restarts: u32,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> Result<Self, String> {
        let mut restarts = 3;
        // What follows the program is its own.
        let program = loop {
            let word = words.next().ok_or("which program?")?;
            match word.to_str() {
                Some(option @ "--restarts") => restarts = value(&mut words, option, "a number")?,
                _ => break name(word)?,
            }
        };
        Ok(Self { program, arguments: words.collect(), restarts })
    }
}

/// A child, its job, and the wait for its end.
struct Tree {
    job: AssociatedJob,
    child: Child,
    ended: HandleWait,
}

impl Tree {
    fn start(port: &CompletionPort, arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let job = port.associate_job(Job::new()?, TREE)?;
        job.kill_on_close(true)?;
        let mut command = Command::new(&arguments.program);
        command.args(&arguments.arguments).stdin(Stdio::piped()).stdout(Stdio::null());
        let child = job.spawn(&mut command, NEW_GROUP)?;
        let ended = port.handle_wait(&child, ENDED)?;
        ended.start()?;
        println!("started pid={}", child.id());
        Ok(Self { job, child, ended })
    }
}

/// What is going on.
enum State {
    Running(Tree),
    /// Ended by us, or by itself with others left: until the job is empty.
    Ending(Tree),
    Waiting,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let port = CompletionPort::new()?;
    let (lines, mailbox) = port.mailbox(NEWS);
    // Dropped when all have ended: till then a console that is closed waits.
    let _handler = lines.on_console_control()?;
    thread::spawn(move || read_lines(&lines));
    let (again, look): (Timer, Timer) = (port.timer(START), port.timer(LOOK));
    let mut packets = Packets::with_capacity(16);
    let (mut starts, mut stopping) = (1, false);
    let mut state = State::Running(Tree::start(&port, arguments)?);
    loop {
        port.wait(&mut packets, None)?;
        for packet in &packets {
            match (*packet, &mut state) {
                (Packet::Signalled { token: ENDED }, State::Running(tree)) => {
                    let Some(code) = tree.ended.exit_code()? else { continue };
                    println!("exited code={code}");
                    tree.child.wait()?;
                    // What it has started goes too.
                    tree.job.terminate(1)?;
                    look.set_after(Duration::ZERO);
                    let State::Running(tree) = std::mem::replace(&mut state, State::Waiting) else {
                        unreachable!("as was matched")
                    };
                    state = State::Ending(tree);
                }
                (Packet::Mail { .. }, _) => {
                    while let Some(news) = mailbox.take() {
                        if let News::Console(control) = &news {
                            println!("console says={control:?}");
                        }
                        stopping |= news.is_stop();
                    }
                    if stopping {
                        look.set_after(Duration::ZERO);
                    }
                }
                (Packet::Timer { token: START }, State::Waiting) if !stopping => {
                    starts += 1;
                    state = State::Running(Tree::start(&port, arguments)?);
                }
                (Packet::Timer { token: LOOK }, _)
                | (Packet::Job { message: JobMessage::NoneLeft, .. }, _) => {}
                _ => continue,
            }
            if stopping {
                if let State::Running(tree) = &state {
                    tree.job.terminate(1)?;
                }
            }
            let active = match &state {
                State::Running(tree) if stopping => tree.job.active_processes()?,
                State::Ending(tree) => tree.job.active_processes()?,
                State::Waiting => 0,
                State::Running(_) => continue,
            };
            if active > 0 {
                look.set_after(EVERY);
                continue;
            }
            if stopping || starts > arguments.restarts {
                println!("done starts={starts} active={active}");
                return Ok(());
            }
            if let State::Ending(_) = state {
                state = State::Waiting;
                again.set_after(PAUSE);
            }
        }
    }
}

/// What comes from outside.
enum News {
    Line(String),
    EndOfInput,
    Console(ConsoleControl),
}

impl News {
    fn is_stop(&self) -> bool {
        match self {
            Self::Line(line) => line == "stop",
            Self::EndOfInput | Self::Console(_) => true,
        }
    }
}

impl From<ConsoleControl> for News {
    fn from(control: ConsoleControl) -> Self {
        Self::Console(control)
    }
}

fn read_lines(news: &Sender<News>) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if news.send(News::Line(line)).is_err() {
            return;
        }
    }
    let _ = news.send(News::EndOfInput);
}
