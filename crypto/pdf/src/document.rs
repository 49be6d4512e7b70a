//! The objects of a document as each of its revisions shows them.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::object::{Dictionary, Object, Reference};
use crate::source::{Source, object_stream_index};
use crate::syntax::Cursor;
use crate::xref::{self, Entry, Revision};
use crate::{Error, Limits};

/// How far a stream's length may lead through other streams.
const STREAM_DEPTH: usize = 4;

/// A document with all its revisions.
pub(crate) struct Document<'a> {
    pub(crate) source: Source<'a>,
    /// The oldest first; never empty.
    pub(crate) revisions: Vec<Revision>,
    /// Revisions that define a number, the oldest first.
    history: HashMap<u32, Vec<(usize, Entry)>>,
    loaded: RefCell<HashMap<(u32, usize), Loaded>>,
    containers: RefCell<HashMap<(u32, usize), Rc<Container>>>,
}

type Loaded = Result<Option<Rc<Indirect>>, Error>;

/// An indirect object.
#[derive(Debug, Clone)]
pub(crate) struct Indirect {
    pub(crate) number: u32,
    pub(crate) generation: u16,
    pub(crate) object: Object,
    /// The bytes of its stream in the file, still compressed.
    pub(crate) stream: Option<std::ops::Range<usize>>,
    /// The object stream that holds it; otherwise spans are offsets of the file.
    container: Option<Rc<Container>>,
}

#[derive(Debug)]
struct Container {
    plain: Vec<u8>,
    index: Vec<(u32, usize)>,
}

impl Indirect {
    /// True if it stands in the file itself.
    pub(crate) fn is_in_file(&self) -> bool {
        self.container.is_none()
    }

    /// The bytes its spans point into.
    pub(crate) fn text<'t>(&'t self, file: &'t [u8]) -> &'t [u8] {
        self.container
            .as_ref()
            .map_or(file, |container| &container.plain)
    }

    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        self.object.dictionary()
    }
}

impl<'a> Document<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let source = Source::new(bytes, *limits)?;
        let revisions = xref::revisions(&source)?;
        if revisions
            .iter()
            .any(|revision| revision.trailer.entry("Encrypt").is_some())
        {
            return Err(Error::Encrypted);
        }
        let mut history: HashMap<u32, Vec<(usize, Entry)>> = HashMap::new();
        for (index, revision) in revisions.iter().enumerate() {
            for (number, entry) in &revision.entries {
                history.entry(*number).or_default().push((index, *entry));
            }
        }
        Ok(Self {
            source,
            revisions,
            history,
            loaded: RefCell::default(),
            containers: RefCell::default(),
        })
    }

    /// The newest revision.
    pub(crate) fn last(&self) -> usize {
        self.revisions.len() - 1
    }

    /// The revision that defines a number as `revision` sees it, and where the object is.
    pub(crate) fn defined(&self, number: u32, revision: usize) -> Option<(usize, Entry)> {
        let history = self.history.get(&number)?;
        let known = history.partition_point(|(index, _)| *index <= revision);
        known.checked_sub(1).map(|last| history[last])
    }

    /// The object of a number as `revision` sees it; `None` if it does not exist.
    pub(crate) fn load(&self, number: u32, revision: usize) -> Loaded {
        self.load_within(number, revision, STREAM_DEPTH)
    }

    /// The object a reference names, which must exist.
    pub(crate) fn require(&self, named: Reference, revision: usize) -> Result<Rc<Indirect>, Error> {
        self.load(named.number, revision)?
            .filter(|found| found.generation == named.generation)
            .ok_or(Error::Dangling {
                number: named.number,
            })
    }

    /// What a value is, references followed; `None` for a reference that leads nowhere.
    pub(crate) fn resolve(
        &self,
        object: &Object,
        revision: usize,
    ) -> Result<Option<Rc<Object>>, Error> {
        let Some(named) = object.reference() else {
            self.source.charge(object.span.len())?;
            return Ok(Some(Rc::new(object.clone())));
        };
        let found = self
            .load(named.number, revision)?
            .filter(|found| found.generation == named.generation);
        found
            .map(|found| {
                self.source.charge(found.object.span.len())?;
                Ok(Rc::new(found.object.clone()))
            })
            .transpose()
    }

    /// The value of an entry, references followed.
    pub(crate) fn entry(
        &self,
        dictionary: &Dictionary,
        key: &str,
        revision: usize,
    ) -> Result<Option<Rc<Object>>, Error> {
        match dictionary.entry(key) {
            Some(value) => self.resolve(value, revision),
            None => Ok(None),
        }
    }

    /// The document's catalog (ISO 32000-1 section 7.7.2).
    pub(crate) fn catalog(&self, revision: usize) -> Result<Rc<Indirect>, Error> {
        let root = self.revisions[revision]
            .trailer
            .entry("Root")
            .and_then(Object::reference)
            .ok_or(Error::MissingEntry {
                number: 0,
                key: "Root",
            })?;
        let catalog = self.require(root, revision)?;
        match catalog.dictionary() {
            Some(_) => Ok(catalog),
            None => Err(Error::MissingEntry {
                number: 0,
                key: "Root",
            }),
        }
    }

    /// The pages in their order, `limit` at most (ISO 32000-1 section 7.7.3).
    pub(crate) fn pages(&self, revision: usize, limit: usize) -> Result<Vec<Rc<Indirect>>, Error> {
        let catalog = self.catalog(revision)?;
        let root = catalog
            .dictionary()
            .and_then(|catalog| catalog.entry("Pages"))
            .and_then(Object::reference)
            .ok_or(Error::MissingEntry {
                number: catalog.number,
                key: "Pages",
            })?;
        let mut pages = Vec::new();
        let mut seen = HashSet::new();
        let mut waiting = vec![root];
        while let Some(named) = waiting.pop() {
            if pages.len() == limit {
                break;
            }
            let node = self.require(named, revision)?;
            self.source.charge(node.object.span.len())?;
            if !seen.insert(node.number) {
                return Err(Error::Cycle {
                    number: node.number,
                });
            }
            let dictionary = node.dictionary().ok_or(Error::MissingEntry {
                number: node.number,
                key: "Type",
            })?;
            let Some(kids) = self.entry(dictionary, "Kids", revision)? else {
                pages.push(node);
                continue;
            };
            let missing = || Error::MissingEntry {
                number: node.number,
                key: "Kids",
            };
            let kids = kids.array().ok_or_else(missing)?;
            for kid in kids.iter().rev() {
                waiting.push(kid.reference().ok_or_else(missing)?);
            }
        }
        Ok(pages)
    }

    fn load_within(&self, number: u32, revision: usize, depth: usize) -> Loaded {
        let Some((defined, entry)) = self.defined(number, revision) else {
            return Ok(None);
        };
        if let Some(known) = self.loaded.borrow().get(&(number, defined)) {
            return known.clone();
        }
        let loaded = match entry {
            Entry::Compressed { container, index } => self
                .load_compressed(number, container, index, defined, depth)
                .map(Some),
            Entry::Free => Ok(None),
            Entry::Placed { offset, generation } => self
                .load_placed(number, offset, generation, defined, depth)
                .map(Some),
        };
        self.loaded
            .borrow_mut()
            .insert((number, defined), loaded.clone());
        loaded
    }

    fn load_placed(
        &self,
        number: u32,
        offset: usize,
        generation: u16,
        revision: usize,
        depth: usize,
    ) -> Result<Rc<Indirect>, Error> {
        let placed = self.source.placed(offset)?;
        if (placed.number, placed.generation) != (number, generation) {
            return Err(Error::Malformed {
                offset,
                expected: "the object that the cross-reference section places here",
            });
        }
        let stream = match placed.stream {
            Some(start) => {
                let length = placed
                    .object
                    .dictionary()
                    .and_then(|dictionary| dictionary.entry("Length"));
                let length = match length.and_then(Object::reference) {
                    Some(_) if depth == 0 => return Err(Error::Cycle { number }),
                    Some(named) => self
                        .load_within(named.number, revision, depth - 1)?
                        .and_then(|length| length.object.offset()),
                    None => length.and_then(Object::offset),
                };
                let length = length.ok_or(Error::MissingEntry {
                    number,
                    key: "Length",
                })?;
                Some(self.source.stream(start, length)?.0)
            }
            None => None,
        };
        Ok(Rc::new(Indirect {
            number,
            generation,
            object: placed.object,
            stream,
            container: None,
        }))
    }

    fn load_compressed(
        &self,
        number: u32,
        container: u32,
        index: usize,
        revision: usize,
        depth: usize,
    ) -> Result<Rc<Indirect>, Error> {
        let of = container;
        let container = self.container(container, revision, depth)?;
        let Some((_, offset)) = container.index.get(index).filter(|(own, _)| *own == number) else {
            return Err(Error::Dangling { number });
        };
        let mut cursor = Cursor::new(&container.plain, *offset, self.source.limits.depth);
        let object = cursor.object();
        self.source
            .charge(cursor.position().saturating_sub(*offset))?;
        let object = object?;
        if object.reference().is_some() {
            return Err(Error::Unsupported {
                number: of,
                what: "a reference as an object".into(),
            });
        }
        Ok(Rc::new(Indirect {
            number,
            generation: 0,
            object,
            stream: None,
            container: Some(container),
        }))
    }

    fn container(
        &self,
        number: u32,
        revision: usize,
        depth: usize,
    ) -> Result<Rc<Container>, Error> {
        let Some((defined, Entry::Placed { .. })) = self.defined(number, revision) else {
            return Err(Error::Dangling { number });
        };
        if let Some(known) = self.containers.borrow().get(&(number, defined)) {
            return Ok(known.clone());
        }
        let depth = depth.checked_sub(1).ok_or(Error::Cycle { number })?;
        let stream = self
            .load_within(number, revision, depth)?
            .ok_or(Error::Dangling { number })?;
        let (Some(dictionary), Some(range)) = (stream.dictionary(), stream.stream.clone()) else {
            return Err(Error::Dangling { number });
        };
        let plain = self.source.decompress(number, dictionary, range)?;
        let index = object_stream_index(number, dictionary, &plain)?;
        let container = Rc::new(Container { plain, index });
        self.containers
            .borrow_mut()
            .insert((number, defined), container.clone());
        Ok(container)
    }
}
