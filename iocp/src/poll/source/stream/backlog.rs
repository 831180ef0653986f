//! Bytes that wait to be sent, in order: taken from the front, added at the end.

#[derive(Default)]
pub(super) struct Backlog {
    bytes: Vec<u8>,
    /// So many of them are gone.
    gone: usize,
}

impl Backlog {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.gone..]
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.gone
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        // No more is moved than has gone since it was moved last.
        if self.gone >= self.len() {
            let left = self.len();
            self.bytes.copy_within(self.gone.., 0);
            self.bytes.truncate(left);
            self.gone = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The first `count` are gone: no more than there are.
    pub(super) fn take(&mut self, count: usize) {
        self.gone += count;
    }

    /// These come before all others.
    pub(super) fn put_before(&mut self, mut first: Vec<u8>) {
        first.extend_from_slice(self.bytes());
        (self.bytes, self.gone) = (first, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_and_those_that_are_gone_take_no_room() {
        let low = |number: usize| number.to_le_bytes()[0];
        let (mut backlog, mut next, mut out) = (Backlog::default(), 0, Vec::new());
        for count in [3_usize, 7, 1, 5, 2, 40, 6].repeat(20) {
            let more: Vec<u8> = (0..count).map(|index| low(next + index)).collect();
            next += count;
            backlog.add(&more);
            assert!(backlog.gone < backlog.len() || backlog.gone == 0, "{}", backlog.gone);
            let taken = backlog.len().min(8);
            out.extend_from_slice(&backlog.bytes()[..taken]);
            backlog.take(taken);
        }
        let last = out.pop().unwrap();
        backlog.put_before(vec![last]);
        out.extend_from_slice(backlog.bytes());
        backlog.take(backlog.len());
        assert!(backlog.is_empty());
        assert!(out.iter().zip(0_usize..).all(|(&byte, index)| byte == low(index)));
        assert_eq!(out.len(), 64 * 20);
    }
}
