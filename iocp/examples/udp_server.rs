//! A UDP server that answers each datagram with its own bytes, from the address that was asked.
//!
//! ```text
//! udp_server [PORT]
//! ```
//!
//! It listens on all addresses of IPv4 and of IPv6, prints `listening ipv4=… ipv6=…`, and ends at the end of its
//! standard input with `done answers=…`.
//!
//! A socket that is bound to all addresses answers from whichever address the system prefers, which a client that
//! has connected its socket never hears. So each datagram is received with its packet information, and
//! answered with the same, unless that is an address of many hosts, from which nothing can be sent. (Wine answers from an
//! address of its own choice: 127.0.0.1 to who has asked 127.0.0.2.) Several operations per socket go round, receive, send, receive …: one client's answer
//! holds nobody up.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "udp_server [PORT]";
    command_line::main(usage, server::parse, server::run)
}

#[cfg(windows)]
mod server {
    use std::{
        error::Error,
        io::Read,
        net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
        thread,
    };

    use iocp::{
        AssociatedSocket, Completed, CompletionPort, ControlKind, ControlMessage, InFlight,
        Message, Operation, Packet, Packets, Submitted, Wait,
    };

    use super::command_line::{not_understood, Words};

    /// Operations of each socket.
    const DEPTH: usize = 16;

    /// The longest datagram that is answered whole.
    const LONGEST: usize = 2048;

    type Ticket = InFlight<Message<Vec<u8>>>;

    struct Server {
        sockets: [AssociatedSocket<UdpSocket>; 2],
        /// By the token of their operation; the first half are those of IPv4.
        tickets: Vec<Option<(Ticket, Step)>>,
        answers: u64,
    }

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Step {
        Receiving,
        Answering,
    }

    /// Reads the argument, or says in one sentence what is wrong with it.
    pub(crate) fn parse(mut words: Words) -> Result<u16, String> {
        let Some(word) = words.next() else { return Ok(7002) };
        let port = word.to_str().and_then(|text| text.parse().ok());
        match (port, words.next()) {
            (Some(port), None) => Ok(port),
            (Some(_), Some(word)) => Err(not_understood(&word)),
            (None, _) => Err(format!("which port? 0 to 65535, not '{}'", word.to_string_lossy())),
        }
    }

    pub(crate) fn run(number: u16) -> Result<(), Box<dyn Error>> {
        let port = CompletionPort::new()?;
        let bind = |any: IpAddr| -> Result<_, Box<dyn Error>> {
            let socket = UdpSocket::bind((any, number))
                .map_err(|problem| format!("cannot bind to {any}, port {number}: {problem}"))?;
            let socket = port.associate_socket(socket, 0)?;
            if let Err(problem) = socket.ask_for(ControlKind::PacketInfo) {
                // It serves all the same: the system then chooses the address.
                eprintln!("udp_server: no packet information of {any}: {problem}");
            }
            Ok(socket)
        };
        let sockets = [bind(Ipv4Addr::UNSPECIFIED.into())?, bind(Ipv6Addr::UNSPECIFIED.into())?];
        let [ipv4, ipv6] = [sockets[0].local_addr()?, sockets[1].local_addr()?];
        let mut server = Server { sockets, tickets: Vec::new(), answers: 0 };
        server.tickets.resize_with(2 * DEPTH, || None);
        for token in 0..2 * DEPTH {
            let message = Message::new(Vec::with_capacity(LONGEST));
            server.receive(port.operation(message, token)?)?;
        }
        let waker = port.waker();
        thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            let _ = waker.wake();
        });
        println!("listening ipv4={ipv4} ipv6={ipv6}");
        let mut packets = Packets::with_capacity(64);
        loop {
            let outcome = port.wait(&mut packets, None)?;
            for packet in &packets {
                if let Packet::Io { token, .. } = packet {
                    server.advance(*token)?;
                }
            }
            if outcome == Wait::Woken || packets.was_woken() {
                break;
            }
        }
        println!("done answers={}", server.answers);
        Ok(())
    }

    impl Server {
        /// A packet came for operation number `token`.
        fn advance(&mut self, token: usize) -> Result<(), Box<dyn Error>> {
            let Some((ticket, step)) = self.tickets.get_mut(token).and_then(Option::take) else {
                return Ok(());
            };
            match ticket.finish() {
                Ok(completed) if step == Step::Receiving => self.answer(completed),
                Ok(completed) => self.receive(completed.into_operation()),
                Err(ticket) => {
                    self.tickets[token] = Some((ticket, step));
                    Ok(())
                }
            }
        }

        /// Answers what was received, from where it was sent to; what failed (an earlier answer met nobody, or
        /// the datagram is too long) is received again.
        fn answer(&mut self, asked: Completed<Message<Vec<u8>>>) -> Result<(), Box<dyn Error>> {
            let is_whole = asked.result().is_ok();
            let mut operation = asked.into_operation();
            if !is_whole {
                return self.receive(operation);
            }
            let token = operation.token();
            // A group, or all hosts, cannot be sent from.
            let mut from = operation
                .buffer_mut()
                .packet_info()
                .filter(|info| !info.address.is_multicast() && info.address != Ipv4Addr::BROADCAST);
            loop {
                let control = from.map(ControlMessage::PacketInfo);
                operation.buffer_mut().set_control(control.as_slice())?;
                let problem = match self.socket(token).send_msg(operation) {
                    Submitted::Pending(ticket) => {
                        self.answers += 1;
                        self.tickets[token] = Some((ticket, Step::Answering));
                        return Ok(());
                    }
                    Submitted::Ready(completed) => match completed.result() {
                        Ok(_) => {
                            self.answers += 1;
                            return self.receive(completed.into_operation());
                        }
                        Err(error) => {
                            operation = completed.into_operation();
                            error.to_string()
                        }
                    },
                    Submitted::Refused(refused) => {
                        operation = refused.value;
                        refused.error.to_string()
                    }
                };
                // Perhaps it cannot be sent from where it was asked, all hosts of a net.
                if from.take().is_none() {
                    eprintln!("udp_server: no answer: {problem}");
                    return self.receive(operation);
                }
            }
        }

        fn receive(
            &mut self,
            mut operation: Operation<Message<Vec<u8>>>,
        ) -> Result<(), Box<dyn Error>> {
            let token = operation.token();
            loop {
                operation.buffer_mut().buffer_mut().clear();
                match self.socket(token).recv_msg(operation) {
                    Submitted::Pending(ticket) => {
                        self.tickets[token] = Some((ticket, Step::Receiving));
                        return Ok(());
                    }
                    // An earlier answer met nobody: the socket is still good.
                    Submitted::Ready(completed) => operation = completed.into_operation(),
                    Submitted::Refused(refused) => return Err(refused.error.into()),
                }
            }
        }

        fn socket(&self, token: usize) -> &AssociatedSocket<UdpSocket> {
            &self.sockets[token / DEPTH]
        }
    }
}

#[cfg(not(windows))]
fn main() {
    println!("udp_server runs on Windows only; on Linux: cargo xtask examples");
}
