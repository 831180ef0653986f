//! [`Pieces`]: the caller's memory that a write takes from, in one piece or in several.

use std::io::{self, IoSlice, Write};

use crate::poll::native;

/// How many pieces one call gets: Wine takes no more, and says 10040. A short count says that others are left.
pub(super) const MOST_PIECES: usize = 1024;

/// What is left to be written of the pieces.
#[derive(Clone, Copy)]
pub(crate) struct Pieces<'a> {
    pieces: &'a [IoSlice<'a>],
    /// So many bytes of them were taken already.
    taken: usize,
    len: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(pieces: &'a [IoSlice<'a>]) -> Self {
        let sum = |sum: usize, piece: &IoSlice<'_>| sum.saturating_add(piece.len());
        Self { pieces, taken: 0, len: pieces.iter().fold(0, sum) }
    }

    pub(crate) fn len(self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Without the first `count`.
    pub(super) fn behind(self, count: usize) -> Self {
        Self { taken: self.taken + count, len: self.len.saturating_sub(count), ..self }
    }

    /// Of these the first `most`.
    pub(crate) fn up_to(self, most: usize) -> Self {
        Self { len: self.len.min(most), ..self }
    }

    /// All of it, in parts.
    pub(crate) fn parts(self) -> impl Iterator<Item = &'a [u8]> {
        let (mut skip, mut left) = (self.taken, self.len);
        self.pieces.iter().map(move |piece| {
            let from = skip.min(piece.len());
            let part = &piece[from..piece.len().min(from.saturating_add(left))];
            (skip, left) = (skip - from, left - part.len());
            part
        })
    }

    /// `send`, or `WSASend` where there are several pieces, of which nothing was taken yet: how many bytes the
    /// system has taken.
    pub(crate) fn send(self, mut socket: &native::Stream) -> io::Result<usize> {
        match self.pieces {
            [piece] => socket.write(piece),
            pieces => socket.write_vectored(&pieces[..pieces.len().min(MOST_PIECES)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_pieces_is_what_was_not_taken() {
        let pieces = [&b"ab"[..], b"", b"cde", b"f"].map(IoSlice::new);
        for taken in 0..=6 {
            for most in 0..=6 {
                let left = Pieces::new(&pieces).behind(taken).up_to(most);
                let all: Vec<u8> = left.parts().flatten().copied().collect();
                let expected = &b"abcdef"[taken..6.min(taken + most)];
                assert_eq!((&all[..], left.len()), (expected, expected.len()));
            }
        }
    }
}
