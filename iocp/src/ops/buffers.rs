//! Several buffers of one operation: arrays of one type, tuples of several. Also the room and the
//! contents of one buffer, as the system is told them (`room_of`, `contents_of`).
//!
//! # Safety
//!
//! The traits are sealed. What they say of the buffers is what [`IoBuf`] and [`IoBufMut`] say of each
//! of them, and a receive fills the rooms one after the other.

use iocp_sys::WSABUF;

use crate::{
    base::buffer::{IoBuf, IoBufMut},
    base::error::Error,
};

/// Several buffers that are sent in one call: `[B; N]`, or a tuple of two to four buffers, which may
/// be of different types (a `&'static [u8]` header and a `Vec<u8>` body).
pub trait IoBufs: sealed::Send {}

/// Several buffers that are filled by one receive: `[B; N]`, or a tuple of two to four.
pub trait IoBufsMut: IoBufs + sealed::Recv {}

/// No bytes.
pub(super) const EMPTY: WSABUF = WSABUF { len: 0, buf: std::ptr::null_mut() };

/// The room of one buffer, of which one call fills at most 4 GiB - 1: a short receive is a receive.
#[inline(always)]
pub(super) fn room_of<B: IoBufMut>(buffer: &mut B) -> Result<WSABUF, Error> {
    let (buf, room) = buffer.room();
    if room == 0 {
        return Err(Error::NoRoom);
    }
    Ok(WSABUF { len: u32::try_from(room).unwrap_or(u32::MAX), buf })
}

/// The contents of one buffer; refused where one call cannot send so much.
#[inline(always)]
pub(super) fn contents_of<B: IoBuf>(buffer: &B) -> Result<WSABUF, Error> {
    let contents = buffer.contents();
    let len = u32::try_from(contents.len()).map_err(|_| Error::TooLarge)?;
    Ok(WSABUF { len, buf: contents.as_ptr().cast_mut() })
}

pub(super) mod sealed {
    use super::{Error, WSABUF};

    pub trait Send: core::marker::Send + 'static {
        /// `[WSABUF; N]`.
        type Descriptors: AsRef<[WSABUF]>;

        /// The contents of each.
        fn describe(&self) -> Result<Self::Descriptors, Error>;

        /// How many bytes all of them lend.
        fn capacity(&self) -> usize;
    }

    pub trait Recv: Send {
        /// The room of each, and the sum.
        fn rooms(&mut self) -> Result<(Self::Descriptors, u32), Error>;

        /// Gives each buffer its share of the `n` bytes that arrived.
        ///
        /// # Safety
        ///
        /// The first `n` bytes of the rooms, taken in turn, are initialised.
        unsafe fn fill_in_turn(&mut self, n: usize);
    }
}

/// The contents of one buffer among several.
fn describe<B: IoBuf>(buffer: &B, total: &mut u32) -> Result<WSABUF, Error> {
    let contents = contents_of(buffer)?;
    *total = total.checked_add(contents.len).ok_or(Error::TooLarge)?;
    Ok(contents)
}

/// The room of one buffer among several, which may have none.
fn room<B: IoBufMut>(buffer: &mut B, total: &mut u32) -> Result<WSABUF, Error> {
    let (buf, len) = buffer.room();
    let len = u32::try_from(len).map_err(|_| Error::TooLarge)?;
    // The system's count of what arrived has 32 bits.
    *total = total.checked_add(len).ok_or(Error::TooLarge)?;
    Ok(WSABUF { len, buf })
}

/// Takes one buffer's share from what is left.
///
/// # Safety
///
/// The bytes of its share are initialised.
unsafe fn fill<B: IoBufMut>(buffer: &mut B, left: &mut usize) {
    let share = (*left).min(buffer.room().1);
    // SAFETY:
    // * `share` is at most the room, and its bytes are initialised, as the caller promises.
    unsafe { buffer.set_filled(share) };
    *left -= share;
}

impl<B: IoBuf, const N: usize> IoBufs for [B; N] {}
impl<B: IoBufMut, const N: usize> IoBufsMut for [B; N] {}

impl<B: IoBuf, const N: usize> sealed::Send for [B; N] {
    type Descriptors = [WSABUF; N];

    fn describe(&self) -> Result<Self::Descriptors, Error> {
        let (mut descriptors, mut total) = ([EMPTY; N], 0);
        for (descriptor, buffer) in descriptors.iter_mut().zip(self) {
            *descriptor = describe(buffer, &mut total)?;
        }
        Ok(descriptors)
    }

    fn capacity(&self) -> usize {
        self.iter().fold(0_usize, |sum, buffer| sum.saturating_add(buffer.capacity()))
    }
}

impl<B: IoBufMut, const N: usize> sealed::Recv for [B; N] {
    fn rooms(&mut self) -> Result<(Self::Descriptors, u32), Error> {
        let (mut descriptors, mut total) = ([EMPTY; N], 0);
        for (descriptor, buffer) in descriptors.iter_mut().zip(self) {
            *descriptor = room(buffer, &mut total)?;
        }
        Ok((descriptors, total))
    }

    unsafe fn fill_in_turn(&mut self, n: usize) {
        let mut left = n;
        for buffer in self {
            // SAFETY:
            // * The system fills the rooms in their order, so this share is initialised before any later.
            unsafe { fill(buffer, &mut left) };
        }
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt),+;)+) => {$(
        impl<$($name: IoBuf),+> IoBufs for ($($name,)+) {}
        impl<$($name: IoBufMut),+> IoBufsMut for ($($name,)+) {}

        impl<$($name: IoBuf),+> sealed::Send for ($($name,)+) {
            type Descriptors = [WSABUF; $count];

            fn describe(&self) -> Result<Self::Descriptors, Error> {
                let mut total = 0;
                Ok([$(describe(&self.$at, &mut total)?),+])
            }

            fn capacity(&self) -> usize {
                [$(self.$at.capacity()),+].into_iter().fold(0, usize::saturating_add)
            }
        }

        impl<$($name: IoBufMut),+> sealed::Recv for ($($name,)+) {
            fn rooms(&mut self) -> Result<(Self::Descriptors, u32), Error> {
                let mut total = 0;
                let descriptors = [$(room(&mut self.$at, &mut total)?),+];
                Ok((descriptors, total))
            }

            unsafe fn fill_in_turn(&mut self, n: usize) {
                let mut left = n;
                $(
                    // SAFETY:
                    // * The system fills the rooms in their order, so this share is initialised before any later.
                    unsafe { fill(&mut self.$at, &mut left) };
                )+
                // A count beyond the rooms was clamped before.
                let _ = left;
            }
        }
    )+};
}

tuples! {
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
}
