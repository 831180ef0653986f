//! Our declarations beside those of the C headers.

use anyhow::Result;

use crate::{
    debug_info::{Declared, Member},
    headers::Headers,
    numbers::Numbers,
    shape::{Names, Pairs, Shape},
    source::{Field, Item, Kind},
    tools::Target,
};

/// What an oracle says about one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The same.
    Same,
    /// The oracle does not know it.
    Unknown,
    /// Not the same, and why.
    Differs(Vec<String>),
}

/// Compares every item with oracle one, on one target: name and answer, in order.
///
/// # Errors
///
/// A type of ours is not understood.
pub fn with_headers(
    items: &[Item],
    numbers: &Numbers,
    headers: &Headers,
    target: Target,
) -> Result<Vec<(String, Answer)>> {
    let names = Names::new(items, target.width);
    let sides: Vec<Side<'_>> = headers
        .declared
        .iter()
        .map(|declared| Side::new(items, numbers, headers, declared, &names, target))
        .collect();
    let mut answers = Vec::new();
    for item in items.iter().filter(|item| item.is_for(target.width)) {
        let mut answer = Answer::Unknown;
        for side in &sides {
            if answer == Answer::Unknown {
                answer = side.ask(item)?;
            }
        }
        answers.push((item.name.clone(), answer));
    }
    // What C leaves without a name was looked at as a part of what holds it.
    for side in &sides {
        for name in side.inside(items)? {
            if let Some((_, answer)) = answers.iter_mut().find(|(found, _)| *found == name) {
                if *answer == Answer::Unknown {
                    *answer = Answer::Same;
                }
            }
        }
    }
    Ok(answers)
}

/// One file's declarations beside ours.
struct Side<'a> {
    numbers: &'a Numbers,
    headers: &'a Headers,
    declared: &'a Declared,
    names: &'a Names<'a>,
    pairs: Pairs,
    pointer: u64,
}

impl<'a> Side<'a> {
    fn new(
        items: &[Item],
        numbers: &'a Numbers,
        headers: &'a Headers,
        declared: &'a Declared,
        names: &'a Names<'a>,
        target: Target,
    ) -> Self {
        let mut pairs = Pairs::default();
        for item in items {
            let Some(Shape::Theirs { at, .. }) = declared.types.get(&item.name) else { continue };
            match &item.kind {
                Kind::Struct(_) | Kind::Union(_) => pairs.add(&item.name, *at),
                // CMSGHDR: the headers know the other name only.
                Kind::Alias(ty) => {
                    if let Ok(Shape::Ours(name)) = names.shape(ty) {
                        pairs.add(&name, *at);
                    }
                }
                _ => {}
            }
        }
        let pointer = target.width.bytes();
        Self { numbers, headers, declared, names, pairs, pointer }
    }

    fn ask(&self, item: &Item) -> Result<Answer> {
        let name = &item.name;
        let mut wrong = Vec::new();
        match &item.kind {
            Kind::Constant(..) => {
                let Some(theirs) = self.headers.constants.get(name) else {
                    return Ok(Answer::Unknown);
                };
                wrong.extend(value(&self.numbers.constants[name], theirs));
            }
            Kind::Import(import) => {
                let Some(theirs) = self.declared.types.get(name) else {
                    return Ok(Answer::Unknown);
                };
                let ours = self.names.function(&import.signature)?;
                match theirs {
                    Shape::Pointer { to, .. } => match &**to {
                        Shape::Function(theirs) => {
                            wrong.extend(ours.differs(theirs, &self.pairs, self.pointer));
                        }
                        other => wrong.push(format!("theirs is {other}")),
                    },
                    other => wrong.push(format!("theirs is {other}")),
                }
                if let Some(decorated) = self.headers.decorated.get(name) {
                    let size = |name: &str| self.numbers.sizes.get(name).copied();
                    let bytes: Option<u64> =
                        ours.parameters.iter().map(|p| Names::stack_bytes(p, &size)).sum();
                    let expected = format!("{name}@{}", bytes.unwrap_or(0));
                    if *decorated != expected {
                        wrong.push(format!("stdcall: ours is {expected}, theirs {decorated}"));
                    }
                }
            }
            Kind::Alias(ty) => {
                let Some(theirs) = self.declared.types.get(name) else {
                    return Ok(Answer::Unknown);
                };
                wrong.extend(self.names.shape(ty)?.differs(theirs, &self.pairs, self.pointer));
            }
            Kind::Struct(_) | Kind::Union(_) => {
                let Some(at) = self.pairs.theirs(name) else { return Ok(Answer::Unknown) };
                self.structure(name, at, "", &mut wrong, &mut Vec::new())?;
            }
            Kind::Pointer(_) | Kind::Inline(_) => return Ok(Answer::Unknown),
        }
        Ok(if wrong.is_empty() { Answer::Same } else { Answer::Differs(wrong) })
    }

    /// The structures of ours that were compared inside others, for they have no name in C.
    fn inside(&self, items: &[Item]) -> Result<Vec<String>> {
        let mut inside = Vec::new();
        for item in items {
            let (Kind::Struct(_) | Kind::Union(_)) = item.kind else { continue };
            if let Some(at) = self.pairs.theirs(&item.name) {
                let mut wrong = Vec::new();
                self.structure(&item.name, at, "", &mut wrong, &mut inside)?;
                if !wrong.is_empty() {
                    // The difference is reported under the outer name; the inner is not confirmed.
                    inside.retain(|name| !name.starts_with(&item.name));
                }
            }
        }
        Ok(inside)
    }

    /// Compares a structure member by member, and what has no name in C with it.
    fn structure(
        &self,
        name: &str,
        at: usize,
        path: &str,
        wrong: &mut Vec<String>,
        inside: &mut Vec<String>,
    ) -> Result<()> {
        let Some(theirs) = self.declared.structures.get(&at) else {
            wrong.push(format!("{path}the headers do not say what is in it"));
            return Ok(());
        };
        let Some(Kind::Struct(ours) | Kind::Union(ours)) =
            self.names.get(name).map(|item| &item.kind)
        else {
            wrong.push(format!("{path}{name} is not a structure of ours"));
            return Ok(());
        };
        let size = self.numbers.sizes[name];
        if size != theirs.bytes {
            wrong.push(format!("{path}size: ours {size}, theirs {}", theirs.bytes));
        }
        let members = members(&theirs.members);
        if ours.len() != members.len() {
            let (a, b) = (ours.len(), members.len());
            wrong.push(format!("{path}ours has {a} fields, theirs {b}"));
        }
        for (ours, theirs) in ours.iter().zip(members) {
            self.field(name, ours, theirs, path, wrong, inside)?;
        }
        Ok(())
    }

    fn field(
        &self,
        within: &str,
        ours: &Field,
        theirs: &Member,
        path: &str,
        wrong: &mut Vec<String>,
        inside: &mut Vec<String>,
    ) -> Result<()> {
        let field = format!("{path}{}", ours.name);
        let offset = self.numbers.offsets[&format!("{within}.{}", ours.name)];
        if offset != theirs.offset {
            wrong.push(format!("{field}: offset: ours {offset}, theirs {}", theirs.offset));
        }
        // Without a name in C, or as some bits, it has the name that windows-sys gives it.
        let named = theirs.name.as_ref().filter(|_| !theirs.bits);
        if let Some(named) = named {
            if *named != ours.name && *named != format!("{}_", ours.name) {
                wrong.push(format!("{field}: the headers call it {named}"));
            }
        }
        let shape = self.names.shape(&ours.ty)?;
        match (&shape, &theirs.shape) {
            (Shape::Ours(name), Shape::Theirs { at, .. }) if self.pairs.theirs(name).is_none() => {
                inside.push(name.clone());
                self.structure(name, *at, &format!("{field}."), wrong, inside)
            }
            (shape, theirs) => {
                let why = shape.differs(theirs, &self.pairs, self.pointer);
                wrong.extend(why.map(|why| format!("{field}: {why}")));
                Ok(())
            }
        }
    }
}

/// The members without padding that is written down (on 64 bit, in `OBJECT_ATTRIBUTES`), and a run
/// of bits in one integer as one.
fn members(all: &[Member]) -> Vec<&Member> {
    let mut members: Vec<&Member> = Vec::new();
    for member in all {
        if member.name.as_ref().is_some_and(|name| ["pad1", "pad2"].contains(&name.as_str())) {
            continue;
        }
        let continues = members
            .last()
            .is_some_and(|last| last.bits && member.bits && last.offset == member.offset);
        if !continues {
            members.push(member);
        }
    }
    members
}

/// Why two constants are not the same; a wider one may be extended with zeros or the sign.
fn value(ours: &[u8], theirs: &[u8]) -> Option<String> {
    let common = ours.len().min(theirs.len());
    let rest = ours[common..].iter().chain(&theirs[common..]);
    let sign = ours[..common].last().is_some_and(|top| *top >= 0x80);
    let rest: Vec<_> = rest.collect();
    let extended =
        rest.iter().all(|byte| **byte == 0) || sign && rest.iter().all(|byte| **byte == 0xFF);
    if ours[..common] == theirs[..common] && extended {
        return None;
    }
    let hexadecimal =
        |bytes: &[u8]| bytes.iter().rev().map(|byte| format!("{byte:02X}")).collect::<String>();
    Some(format!("value: ours 0x{}, theirs 0x{}", hexadecimal(ours), hexadecimal(theirs)))
}
