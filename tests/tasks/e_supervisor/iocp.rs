//! Runs a program, says how it and all that it has started end, and ends them at Ctrl-C: `PROGRAM [ARGUMENT…]`.
//! A timer of the system says after 100 ms that it still runs.

use std::{env::args, error::Error, process::Command, time::Duration};

use iocp::{CompletionPort, ConsoleControl, Job, JobMessage, Packet, Packets, WaitableTimer};

const ENDED: usize = 1;
const DUE: usize = 2;
/// Ctrl-C is for the supervisor alone.
const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;

fn main() -> Result<(), Box<dyn Error>> {
    let port = CompletionPort::new()?;
    let (sender, mailbox) = port.mailbox::<ConsoleControl>(0);
    let _handler = sender.on_console_control()?;
    let job = port.associate_job(Job::new()?, 0)?;
    job.kill_on_close(true)?;
    let mut words = args().skip(1);
    let mut command = Command::new(words.next().ok_or("usage: PROGRAM")?);
    let child = job.spawn(command.args(words), CREATE_NEW_PROCESS_GROUP)?;
    let ended = port.handle_wait(&child, ENDED)?;
    ended.start()?;
    let timer = WaitableTimer::new()?;
    timer.set(Duration::from_millis(100), None)?;
    let due = port.handle_wait(&timer, DUE)?;
    due.start()?;
    println!("started");
    let mut packets = Packets::with_capacity(8);
    // Messages of a job may be lost: it is asked at the end of the child, and then now and then.
    let look = port.timer(0);
    let mut exited = false;
    loop {
        port.wait(&mut packets, None)?;
        for packet in &packets {
            match *packet {
                Packet::Signalled { token: ENDED } => {
                    println!("exited {}", ended.exit_code()?.unwrap_or_default());
                    exited = true;
                }
                Packet::Signalled { token: DUE } => println!("timer"),
                Packet::Mail { .. } => {
                    while let Some(control) = mailbox.take() {
                        println!("console {control:?}");
                        job.terminate(1)?;
                    }
                }
                Packet::Job { message: JobMessage::NoneLeft, .. } | Packet::Timer { .. } => {}
                _ => continue,
            }
            if exited && job.active_processes()? == 0 {
                println!("empty");
                return Ok(());
            }
            look.set_after(Duration::from_millis(100));
        }
    }
}
