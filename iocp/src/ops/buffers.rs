//! Several buffers of one operation: arrays of one type, tuples of several.
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

const EMPTY: WSABUF = WSABUF { len: 0, buf: std::ptr::null_mut() };

pub(super) mod sealed {
    use super::{Error, WSABUF};

    pub trait Send: core::marker::Send + 'static {
        /// `[WSABUF; N]`.
        type Descriptors: AsRef<[WSABUF]>;

        /// The initialised bytes of each.
        fn describe(&self) -> Result<Self::Descriptors, Error>;

        /// Bytes lent by all of them.
        fn capacity(&self) -> usize;
    }

    pub trait Recv: Send {
        /// The room of each, and how much it is together.
        fn rooms(&mut self) -> Result<(Self::Descriptors, u32), Error>;

        /// Gives each buffer its share of the `n` bytes that arrived.
        ///
        /// # Safety
        ///
        /// The first `n` bytes of the rooms, taken in turn, are initialised.
        unsafe fn fill_in_turn(&mut self, n: usize);
    }
}

/// Adds one buffer's contents to those described.
fn describe<B: IoBuf>(buffer: &B, total: &mut u32) -> Result<WSABUF, Error> {
    let contents = buffer.contents();
    let len = add(contents.len(), total)?;
    Ok(WSABUF { len, buf: contents.as_ptr().cast_mut() })
}

/// Adds one buffer's room to those described.
fn room<B: IoBufMut>(buffer: &mut B, total: &mut u32) -> Result<WSABUF, Error> {
    let (buf, len) = buffer.room();
    let len = add(len, total)?;
    Ok(WSABUF { len, buf })
}

/// All together are 4 GiB - 1 at most: what the system counts.
fn add(len: usize, total: &mut u32) -> Result<u32, Error> {
    let len = u32::try_from(len).map_err(|_| Error::TooLarge)?;
    *total = total.checked_add(len).ok_or(Error::TooLarge)?;
    Ok(len)
}

/// Takes one buffer's share from what is left.
///
/// # Safety
///
/// The bytes of its share are initialised.
unsafe fn fill<B: IoBufMut>(buffer: &mut B, left: &mut usize) {
    let share = (*left).min(buffer.room().1);
    // SAFETY:
    // * the share is at most the room.
    // * its bytes are initialised, as the caller promises.
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
            // * the bytes of this share were filled before any later buffer's.
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
                    // * the bytes of this share were filled before any later buffer's.
                    unsafe { fill(&mut self.$at, &mut left) };
                )+
                // Whatever the system claims beyond the rooms was clamped before.
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
