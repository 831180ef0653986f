//! Messages of several buffers.

use iocp_sys as sys;

use super::{
    super::{
        buffers::{sealed, IoBufs, IoBufsMut},
        vectored::fill_in_turn,
    },
    point_to_contents, point_to_room, Message,
};
use crate::{
    associated::AssociatedSocket,
    base::error::Error,
    operation::{Operation, Prepared, Submitted},
    os::{self, AsSocket},
};

// Several buffers make one message: `vectored_operation` takes it.
impl<B: IoBufs> IoBufs for Message<B> {}
impl<B: IoBufsMut> IoBufsMut for Message<B> {}

impl<B: IoBufs> sealed::Send for Message<B> {
    type Descriptors = B::Descriptors;

    fn describe(&self) -> Result<Self::Descriptors, Error> {
        self.buffer.describe()
    }

    fn capacity(&self) -> usize {
        sealed::Send::capacity(&self.buffer)
    }
}

impl<B: IoBufsMut> sealed::Recv for Message<B> {
    fn rooms(&mut self) -> Result<(Self::Descriptors, u32), Error> {
        self.buffer.rooms()
    }

    unsafe fn fill_in_turn(&mut self, n: usize) {
        // SAFETY:
        // * The rooms are the buffers', so what the caller promises of them is what the buffers ask for.
        unsafe { self.buffer.fill_in_turn(n) };
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`WSARecvMsg`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg): as
    /// [`recv_msg`](Self::recv_msg), into the room of up to 8 buffers, filled one after the other.
    ///
    /// # Errors
    ///
    /// As [`recv_msg`](Self::recv_msg) and [`recv_vectored`](Self::recv_vectored); [`Error::TooLarge`] of more
    /// than 8 buffers.
    #[doc(alias = "WSARecvMsg")]
    pub fn recv_msg_vectored<B: IoBufsMut>(
        &self,
        operation: Operation<Message<B>>,
    ) -> Submitted<Message<B>> {
        let (target, kind) = (self.target(), self.kind());
        let prepare = |message: &mut Message<B>| {
            let (rooms, room) = message.buffer.rooms()?;
            if room == 0 {
                return Err(Error::NoRoom);
            }
            let socket = os::borrow_socket(self.get_ref());
            os::find_recv_msg(socket, kind).map_err(|code| Error::os("WSAIoctl", code))?;
            let block = point_to_room(&mut message.block, rooms.as_ref())?;
            Ok(Prepared::filling(block, fill_in_turn::<Message<B>>, room))
        };
        let issue = |message: *mut sys::WSAMSG, socket, block| {
            // SAFETY:
            // * Status block, buffers and the message's block lie in the slot and on the heap, as for
            //   `recv_msg`.
            unsafe { os::recv_msg(socket, kind, message, block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecvMsg, into the rooms and the block that `prepare` got.
        // * `fill_in_turn` is that of `Message<B>`, and a receive fills the rooms in their order.
        unsafe { operation.submit(target, false, prepare, issue) }
    }

    /// [`WSASendMsg`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendmsg): as
    /// [`send_msg`](Self::send_msg), the contents of up to 8 buffers as one datagram.
    ///
    /// # Errors
    ///
    /// As [`send_msg`](Self::send_msg); [`Error::TooLarge`] of more than 8 buffers.
    #[doc(alias = "WSASendMsg")]
    pub fn send_msg_vectored<B: IoBufs>(
        &self,
        operation: Operation<Message<B>>,
    ) -> Submitted<Message<B>> {
        let prepare = |message: &mut Message<B>| {
            let contents = message.buffer.describe()?;
            let address = message.address();
            let block = point_to_contents(&mut message.block, address, contents.as_ref())?;
            Ok(Prepared::filling_nothing(block))
        };
        let issue = |message: *mut sys::WSAMSG, socket, block| {
            // SAFETY:
            // * Status block, buffers and the message's block lie in the slot and on the heap, as for
            //   `recv_msg`.
            unsafe { os::send_msg(socket, message, block) }
        };
        // SAFETY:
        // * `issue` makes one WSASendMsg, which only reads what the message owns.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}
