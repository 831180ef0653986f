//! Control codes of drivers and file systems.
//!
//! # Safety
//!
//! What a driver does with a code is the promise of whoever made the [`ControlCode`]: an unsafe function.

use iocp_sys::WSABUF;

use super::buffers::{contents_of, EMPTY};
use crate::{
    associated::AssociatedHandle,
    base::{
        buffer::{IoBuf, IoBufMut},
        error::Error,
    },
    operation::{Operation, Prepared, Submitted},
    os::{self, AsHandle},
};

/// A control code that somebody vouches for: with it [`device_control`](AssociatedHandle::device_control) is safe.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # mod code {
/// use iocp::ControlCode;
///
/// /// `FSCTL_GET_COMPRESSION`: a `u16` that says how the file is compressed.
/// // SAFETY:
/// // * METHOD_BUFFERED: the system copies what is in and out, and NTFS keeps no
/// //   pointer to either.
/// // * Its output is a number without pointers, and it takes no input.
/// const GET_COMPRESSION: ControlCode = unsafe { ControlCode::new(0x0009_003C) };
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ControlCode(u32);

impl ControlCode {
    /// `FSCTL_SET_SPARSE`: what was never written, or was zeroed, takes no room on the disk. Input: nothing, or a
    /// byte that is 0 to end it.
    // SAFETY:
    // * METHOD_BUFFERED: the system copies the byte; there is no output.
    pub const SET_SPARSE: Self = unsafe { Self::new(0x0009_00C4) };

    /// `FSCTL_SET_ZERO_DATA`: zeros in a range of a file. Input: two `i64`, its start and the offset behind its end.
    // SAFETY:
    // * METHOD_BUFFERED: the system copies the two numbers; there is no output.
    pub const SET_ZERO_DATA: Self = unsafe { Self::new(0x0009_80C8) };

    /// A code, as `CTL_CODE` makes it.
    ///
    /// # Safety
    ///
    /// Of whichever handle it is sent to, in whichever state, and whatever bytes its input holds:
    ///
    /// * the driver reads no memory of this process but the input, and writes none but the output, each within
    ///   its length, and none after the request is done;
    /// * it follows no pointer in the input, nor takes a handle from there;
    /// * it tells no more bytes of output than it has initialised;
    /// * it changes nothing that others rely on for safety, such as this process's memory or threads.
    #[must_use]
    pub const unsafe fn new(code: u32) -> Self {
        Self(code)
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u32 {
        self.0
    }
}

/// What a [`device_control`](AssociatedHandle::device_control) lends: an input, and an output that is filled.
/// `()` is none. Two buffers: so the operation has a side block, allocated once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Control<I, O> {
    /// What the driver reads.
    pub input: I,
    /// Where it writes: the room of a buffer.
    pub output: O,
}

/// What a driver writes to: any buffer that can be filled, or none.
pub trait ControlOutput: IoBuf + sealed::ControlOutput {}

mod sealed {
    use super::{IoBufMut, WSABUF};

    pub trait ControlOutput {
        fn room(&mut self) -> WSABUF;

        /// # Safety
        ///
        /// The first `n` bytes of the room are initialised.
        unsafe fn set_filled(&mut self, n: usize);
    }

    impl ControlOutput for () {
        fn room(&mut self) -> WSABUF {
            super::EMPTY
        }

        unsafe fn set_filled(&mut self, _n: usize) {}
    }

    impl<B: IoBufMut> ControlOutput for B {
        fn room(&mut self) -> WSABUF {
            let (buf, len) = IoBufMut::room(self);
            WSABUF { len: u32::try_from(len).unwrap_or(u32::MAX), buf }
        }

        unsafe fn set_filled(&mut self, n: usize) {
            // SAFETY:
            // * The first `n` bytes of the room are initialised, as the caller promises.
            unsafe { IoBufMut::set_filled(self, n) };
        }
    }
}

impl ControlOutput for () {}
impl<B: IoBufMut> ControlOutput for B {}

/// What is counted for it is both; its contents are the input's.
// SAFETY:
// * As for the input, whose bytes these are.
unsafe impl<I: IoBuf, O: IoBuf> IoBuf for Control<I, O> {
    fn contents(&self) -> &[u8] {
        self.input.contents()
    }

    fn capacity(&self) -> usize {
        self.input.capacity().saturating_add(self.output.capacity())
    }
}

impl<H: AsHandle + 'static> AssociatedHandle<H> {
    /// [`DeviceIoControl`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-deviceiocontrol):
    /// sends a control code to the driver or file system behind the handle. (It is `NtFsControlFile` for the codes of
    /// file systems and pipes, else `NtDeviceIoControlFile`, which say the status.)
    ///
    /// The result is how many bytes of output there are, and they are part of the output buffer. A warning, such as
    /// `ERROR_MORE_DATA` (234, [`Truncated`](crate::CompletionKind::Truncated)), has its bytes there too. Where there is an
    /// output, `ERROR_HANDLE_EOF` (38) and `ERROR_BROKEN_PIPE` (109) are [`is_end`](crate::Completed::is_end), as
    /// of a read.
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Control, ControlCode, Packets};
    /// use std::fs::File;
    ///
    /// let port = CompletionPort::new()?;
    /// let mut options = File::options();
    /// let file = iocp::open_overlapped(options.write(true).create(true), "large.img", 0)?;
    /// let file = port.associate_handle(file, 0)?;
    /// let sparse = port.operation(Control { input: (), output: () }, 1)?;
    /// let sparse = file.device_control(ControlCode::SET_SPARSE, sparse);
    /// port.finish(sparse, &mut Packets::with_capacity(8), None)?.result()?;
    /// file.get_ref().set_len(1 << 40)?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused), but for `NoRoom`. As results `ERROR_INVALID_FUNCTION` (1: the
    /// driver does not know the code), `ERROR_INSUFFICIENT_BUFFER` (122) and what else the code's page says.
    #[doc(alias = "DeviceIoControl")]
    #[doc(alias = "NtDeviceIoControlFile")]
    #[doc(alias = "NtFsControlFile")]
    pub fn device_control<I: IoBuf, O: ControlOutput>(
        &self,
        code: ControlCode,
        operation: Operation<Control<I, O>>,
    ) -> Submitted<Control<I, O>> {
        let prepare = |control: &mut Control<I, O>| -> Result<_, Error> {
            let (input, output) = (contents_of(&control.input)?, control.output.room());
            let parameters = (input, output);
            Ok(match output.len {
                0 => Prepared::filling_nothing(parameters),
                room => Prepared::filling(parameters, set_filled::<I, O>, room),
            })
        };
        let issue = |(input, output): (WSABUF, WSABUF), handle, block| {
            // SAFETY:
            // * Block and buffers lie in the slot and on the heap, where nobody touches them before `submit`
            //   knows that the system is done with them.
            // * With this code the driver uses no other memory, as its maker promises.
            unsafe { os::control(handle, code.0, input, output, block) }
        };
        // SAFETY:
        // * `issue` makes one call of the system, which uses the buffers that `prepare` got and nothing else.
        // * `set_filled` is that of this pair, and the driver has initialised what it tells, from the start of the
        //   room, as the code's maker promises.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}

/// Makes the first `n` bytes of the output's room part of it.
///
/// # Safety
///
/// `control` is such a pair that nobody else refers to; those bytes are initialised.
unsafe fn set_filled<I, O: ControlOutput>(control: *mut (), n: usize) {
    // SAFETY:
    // * It is such a pair that nobody else refers to, as the caller promises.
    let control = unsafe { &mut *control.cast::<Control<I, O>>() };
    // SAFETY:
    // * The first `n` bytes of the room are initialised, as the caller promises.
    unsafe { control.output.set_filled(n) };
}
