//! stub
#[derive(Debug)]
pub(crate) struct Args;
impl Args { pub(crate) fn parse(_: &mut lexopt::Parser) -> anyhow::Result<Self> { Ok(Self) } }
pub(crate) fn run(_: &Args) -> anyhow::Result<()> { Ok(()) }
