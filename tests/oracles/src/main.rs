//! x
use iocp_oracles::*;
fn main() -> anyhow::Result<()> {
    let src = tools::root().join("iocp-sys/src");
    let items = source::read(&src)?;
    println!("{} items", items.len());
    let folder = tools::folder("try")?;
    for target in &tools::TARGETS[..2] {
        let h = headers::headers(&items, *target, &folder)?;
        for d in &h.declared { println!("{} {}", d.types.len(), d.structures.len()); }
        println!("{:?} {:?}", h.declared[0].types.get("OVERLAPPED"), h.declared[0].types.get("WSARecv"));
        println!("{} {} {:?}", h.constants.len(), h.decorated.len(), h.decorated.get("WSARecv"));
    }
    Ok(())
}
