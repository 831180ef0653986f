//! Datagrams with control messages.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use std::sync::atomic::Ordering;

use iocp_sys::{OVERLAPPED, WSAMSG};

use super::{
    handles, lock,
    request::{Lent, Request, Road},
};
use crate::{
    base::control_message::{ControlMessage, PacketInfo},
    os::{address, Borrowed, Code, Issued, SocketKind},
};

pub(crate) fn find_recv_msg(socket: Borrowed<'_>, _kind: SocketKind) -> Result<(), Code> {
    handles::file(socket.value())?.find_function()
}

/// Where it was sent to, and 64 hops, once they are asked for.
///
/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn recv_msg(
    socket: Borrowed<'_>,
    _kind: SocketKind,
    message: *mut WSAMSG,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket.value()) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    let asked = file.asked.load(Ordering::Relaxed);
    let mut control = vec![0; 128];
    let mut len = 0;
    if let Some(local) = lock(&file.state).local {
        let info = PacketInfo { address: local.ip(), interface: 1 };
        let items = [ControlMessage::PacketInfo(info), ControlMessage::HopLimit(64)];
        for (_, item) in items.iter().enumerate().filter(|(at, _)| asked >> at & 1 == 1) {
            len = item.write(&mut control, len, local.is_ipv6()).unwrap_or(len);
        }
    }
    control.truncate(len);
    // SAFETY:
    // * lent to us for reading, and nobody writes to it during the call.
    let lent = unsafe { message.read() };
    // SAFETY:
    // * lent to us for reading: so many buffers.
    let data = unsafe {
        std::slice::from_raw_parts(lent.lpBuffers, usize::try_from(lent.dwBufferCount).unwrap_or(0))
    };
    let start = |request: Request| {
        // SAFETY:
        // * the message stays valid until the completion, as the caller promises.
        file.receive(unsafe { request.asking_for_control(message, control) })
    };
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises.
    unsafe { file.submit(Road::Winsock, Lent::ToWrite, data, block, start) }
}

/// The control messages are read, and refused where they are none.
///
/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn send_msg(
    socket: Borrowed<'_>,
    message: *const WSAMSG,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket.value()) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * lent to us for reading.
    let WSAMSG { name, namelen, lpBuffers, dwBufferCount, Control, .. } = unsafe { message.read() };
    // SAFETY:
    // * lent to us for reading: so many buffers.
    let data = unsafe {
        std::slice::from_raw_parts(lpBuffers, usize::try_from(dwBufferCount).unwrap_or(0))
    };
    let to = if name.is_null() {
        None
    } else {
        let len = usize::try_from(namelen).unwrap_or(0);
        // SAFETY:
        // * lent to us for reading, with so many bytes.
        let name = unsafe { std::slice::from_raw_parts(name.cast::<u8>(), len) };
        match address::decode(name) {
            Some(to) => Some(to),
            None => return Issued::Code(Code(10_014)),
        }
    };
    if Control.len > 0 {
        // SAFETY:
        // * lent to us for reading, with so many bytes.
        let control = unsafe { std::slice::from_raw_parts(Control.buf, Control.len as usize) };
        let mut items = crate::base::control_message::ControlMessages::new(control);
        let from = lock(&file.state).local.map(|local| local.ip());
        let is_good = items.all(|item| match item {
            ControlMessage::PacketInfo(info) => Some(info.address) == from,
            _ => true,
        });
        if !is_good {
            return Issued::Code(Code(10_022));
        }
    }
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, data, block, |request| file.transmit(request, to))
    }
}

pub(crate) fn ask_for_control(socket: Borrowed<'_>, _level: i32, option: i32) -> Result<(), Code> {
    let bit = match option {
        iocp_sys::IP_PKTINFO => 1,
        iocp_sys::IP_HOPLIMIT => 2,
        _ => return Err(Code(10_042)),
    };
    handles::file(socket.value())?.asked.fetch_or(bit, Ordering::Relaxed);
    Ok(())
}
