//! [`Room`]: the caller's memory that a read fills, in one piece or in several.

use std::io::{self, IoSliceMut, Read};

use crate::poll::{native, source::stream::pieces::MOST_PIECES};

/// The pieces, filled one after the other.
pub(crate) struct Room<'a, 'b> {
    pieces: &'a mut [IoSliceMut<'b>],
    /// So many pieces are full …
    full: usize,
    /// … and so many bytes of the next one.
    used: usize,
}

impl<'a, 'b> Room<'a, 'b> {
    pub(crate) fn new(pieces: &'a mut [IoSliceMut<'b>]) -> Self {
        let mut room = Self { pieces, full: 0, used: 0 };
        room.advance(0);
        room
    }

    pub(super) fn is_full(&self) -> bool {
        self.full == self.pieces.len()
    }

    /// Copies as many as fit: how many.
    pub(super) fn copy(&mut self, bytes: &[u8]) -> usize {
        let mut count = 0;
        while count < bytes.len() && !self.is_full() {
            let place = &mut self.pieces[self.full][self.used..];
            let part = place.len().min(bytes.len() - count);
            place[..part].copy_from_slice(&bytes[count..count + part]);
            count += part;
            self.advance(part);
        }
        count
    }

    /// `recv`, or `WSARecv` where several pieces are left: how many bytes came.
    pub(super) fn receive(&mut self, mut socket: &native::Stream) -> io::Result<usize> {
        let count = match &mut self.pieces[self.full..] {
            [piece] => socket.read(&mut piece[self.used..])?,
            pieces if self.used == 0 => {
                let count = pieces.len().min(MOST_PIECES);
                socket.read_vectored(&mut pieces[..count])?
            }
            // The rest of one that was filled in part: the next call gets the others.
            [piece, ..] => socket.read(&mut piece[self.used..])?,
            [] => 0,
        };
        self.advance(count);
        Ok(count)
    }

    fn advance(&mut self, count: usize) {
        self.used += count;
        while let Some(piece) = self.pieces.get(self.full).filter(|piece| self.used >= piece.len())
        {
            self.used -= piece.len();
            self.full += 1;
        }
    }
}
