//! What a revision changed in what the ones before it show.
//!
//! Everything that is not known to be harmless counts as a change of content. What a signature covers can be replaced
//! by a later revision without touching a signed byte; this is where that shows.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::Error;
use crate::document::{Document, Indirect};
use crate::form::{self, Field};
use crate::object::{Dictionary, Object, Reference};
use crate::xref::Entry;

/// What a change does to a document, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Data for validating later, archive time stamps, document metadata.
    ValidationData,
    /// A signature was added.
    Signatures,
    /// Values of form fields.
    FormFilling,
    /// Comments and other annotations; they can hide what is below them.
    Annotations,
    /// What the pages show, or may show.
    Content,
}

impl Effect {
    /// All of them, the gravest last.
    pub const ALL: [Self; 5] = [
        Self::ValidationData,
        Self::Signatures,
        Self::FormFilling,
        Self::Annotations,
        Self::Content,
    ];
}

/// One change made by a later revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// A page has a new annotation.
    AnnotationAdded {
        /// Number of the page's object.
        page: u32,
    },
    /// An annotation is another one now.
    AnnotationChanged {
        /// Number of its object.
        number: u32,
    },
    /// Annotations of a page are gone or in another order.
    AnnotationRemoved {
        /// Number of the page's object.
        page: u32,
    },
    /// Bytes that belong to no revision; a reader that repairs files may show what they say.
    BytesAppended {
        /// Where they begin.
        offset: usize,
        /// How many.
        length: usize,
    },
    /// An entry of the catalog is another one.
    CatalogChanged {
        /// Its key.
        key: String,
    },
    /// Another object is the catalog.
    CatalogReplaced,
    /// A number that was referred to, and led nowhere, now leads somewhere.
    DanglingDefined {
        /// The number.
        number: u32,
    },
    /// A field appeared that is no signature field.
    FieldAdded {
        /// Its full name.
        field: String,
    },
    /// More of a field changed than its value.
    FieldChanged {
        /// Its full name.
        field: String,
        /// The key that changed.
        key: String,
    },
    /// A field has another value or appearance.
    FieldFilled {
        /// Its full name.
        field: String,
    },
    /// A field is gone.
    FieldRemoved {
        /// Its full name.
        field: String,
    },
    /// An entry of the form is another one.
    FormChanged {
        /// Its key.
        key: String,
    },
    /// Document information or metadata.
    MetadataChanged,
    /// An object with no known role is another one now.
    ObjectChanged {
        /// Its number.
        number: u32,
    },
    /// An object was deleted.
    ObjectRemoved {
        /// Its number.
        number: u32,
    },
    /// More of a page changed than its list of annotations.
    PageChanged {
        /// Number of the page's object.
        page: u32,
        /// The key that changed.
        key: String,
    },
    /// A signature field got a value, or appeared with one.
    SignatureAdded {
        /// Its full name.
        field: String,
        /// Whether it takes room on a page.
        is_visible: bool,
    },
    /// The value of a signature field was replaced.
    SignatureReplaced {
        /// Its full name.
        field: String,
    },
    /// An archive time stamp was added.
    TimeStampAdded {
        /// Full name of its field.
        field: String,
    },
    /// An object that changed cannot be read.
    Unreadable {
        /// Its number.
        number: u32,
    },
    /// Certificates, responses and lists for validating later (`DSS`).
    ValidationDataChanged,
}

impl Change {
    /// What it does to the document.
    pub fn effect(&self) -> Effect {
        match self {
            Self::AnnotationAdded { .. }
            | Self::AnnotationChanged { .. }
            | Self::AnnotationRemoved { .. } => Effect::Annotations,
            Self::FieldFilled { .. } => Effect::FormFilling,
            Self::MetadataChanged | Self::TimeStampAdded { .. } | Self::ValidationDataChanged => {
                Effect::ValidationData
            }
            Self::SignatureAdded { .. } => Effect::Signatures,
            Self::BytesAppended { .. }
            | Self::CatalogChanged { .. }
            | Self::CatalogReplaced
            | Self::DanglingDefined { .. }
            | Self::FieldAdded { .. }
            | Self::FieldChanged { .. }
            | Self::FieldRemoved { .. }
            | Self::FormChanged { .. }
            | Self::ObjectChanged { .. }
            | Self::ObjectRemoved { .. }
            | Self::PageChanged { .. }
            | Self::SignatureReplaced { .. }
            | Self::Unreadable { .. } => Effect::Content,
        }
    }
}

/// Who refers to whom, in all revisions read so far.
#[derive(Debug, Default)]
struct References {
    /// For each number the one object that refers to it, or `None` for several.
    referrers: HashMap<u32, Option<u32>>,
}

/// The changes of each revision against the one before it; none for the first.
///
/// # Errors
/// A budget that is exhausted, or a catalog, form or page tree that cannot be read.
pub(crate) fn changes(document: &Document<'_>) -> Result<Vec<Vec<Change>>, Error> {
    let mut all = vec![Vec::new()];
    let mut references = References::default();
    if document.revisions.len() > 1 {
        references.add(document, 0)?;
    }
    for revision in 1..document.revisions.len() {
        let mut comparison = Comparison::new(document, revision, &references)?;
        comparison.run()?;
        all.push(comparison.found);
        references.add(document, revision)?;
    }
    Ok(all)
}

impl References {
    fn add(&mut self, document: &Document<'_>, revision: usize) -> Result<(), Error> {
        let trailer = &document.revisions[revision].trailer;
        for key in ["Root", "Info"] {
            if let Some(named) = trailer.entry(key).and_then(Object::reference) {
                self.note(named.number, 0);
            }
        }
        for number in document.revisions[revision].entries.keys() {
            // What cannot be read refers to nothing that a strict reader would see.
            let found = match document.load(*number, revision) {
                Ok(Some(found)) => found,
                Err(error @ Error::TooLarge { .. }) => return Err(error),
                Ok(None) | Err(_) => continue,
            };
            found
                .object
                .references(&mut |named| self.note(named.number, *number));
        }
        Ok(())
    }

    fn note(&mut self, number: u32, by: u32) {
        self.referrers
            .entry(number)
            .and_modify(|known| {
                if *known != Some(by) {
                    *known = None;
                }
            })
            .or_insert(Some(by));
    }

    fn is_named(&self, number: u32) -> bool {
        self.referrers.contains_key(&number)
    }

    /// True if no more than one object refers to it.
    fn has_one_referrer(&self, number: u32) -> bool {
        self.referrers.get(&number).is_none_or(Option::is_some)
    }
}

/// What an object is to the document, so that one knows which of its changes are harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Annotation,
    /// Of the page of this number.
    Annotations(u32),
    Catalog,
    /// Index into the fields of the older revision.
    Field(usize),
    /// The list of fields.
    Fields,
    Form,
    Metadata,
    Page,
    ValidationData,
    /// A widget of the field of this index.
    Widget(usize),
    /// Appearance of a widget of the field of this index.
    WidgetAppearance(usize),
}

struct Comparison<'d, 'a> {
    document: &'d Document<'a>,
    revision: usize,
    references: &'d References,
    old_fields: Vec<Field>,
    new_fields: HashMap<u32, Field>,
    roles: HashMap<u32, Role>,
    found: Vec<Change>,
}

impl<'d, 'a> Comparison<'d, 'a> {
    fn new(
        document: &'d Document<'a>,
        revision: usize,
        references: &'d References,
    ) -> Result<Self, Error> {
        let old_fields = form::fields(document, revision - 1)?;
        let new_fields = form::fields(document, revision)?;
        let mut comparison = Self {
            document,
            revision,
            references,
            old_fields,
            new_fields: new_fields
                .into_iter()
                .map(|field| (field.object.number, field))
                .collect(),
            roles: HashMap::new(),
            found: Vec::new(),
        };
        comparison.assign_roles()?;
        Ok(comparison)
    }

    fn old(&self) -> usize {
        self.revision - 1
    }

    fn run(&mut self) -> Result<(), Error> {
        self.compare_trailers();
        self.compare_field_lists();
        let mut numbers: Vec<u32> = self.document.revisions[self.revision]
            .entries
            .keys()
            .copied()
            .collect();
        numbers.sort_unstable();
        for number in numbers {
            self.compare_object(number)?;
        }
        // A page says the same through its dictionary and through its list of annotations.
        let mut seen = HashSet::new();
        self.found.retain(|change| seen.insert(change.clone()));
        Ok(())
    }

    fn assign_roles(&mut self) -> Result<(), Error> {
        let (document, old) = (self.document, self.old());
        let catalog = document.catalog(old)?;
        self.assign(catalog.number, Role::Catalog);
        for page in document.pages(old, usize::MAX)? {
            self.assign(page.number, Role::Page);
            let annotations = page.dictionary().and_then(|page| page.entry("Annots"));
            let Some(annotations) = annotations else {
                continue;
            };
            if let Some(list) = annotations.reference() {
                self.assign(list.number, Role::Annotations(page.number));
            }
            for annotation in self.references_of(Some(annotations), old)? {
                // Fields come later and win: a widget is an annotation too.
                self.roles
                    .entry(annotation.number)
                    .or_insert(Role::Annotation);
            }
        }
        let Some(dictionary) = catalog.dictionary() else {
            return Ok(());
        };
        if let Some(named) = dictionary.entry("AcroForm").and_then(Object::reference) {
            self.assign(named.number, Role::Form);
        }
        if let Some(form) = form::form(document, old)?
            && let Some(form) = form.dictionary()
            && let Some(list) = form.entry("Fields").and_then(Object::reference)
        {
            self.assign(list.number, Role::Fields);
        }
        for index in 0..self.old_fields.len() {
            let field = self.old_fields[index].clone();
            for widget in &field.widgets {
                self.assign_field(widget.number, Role::Widget(index));
                let appearance = widget.dictionary().and_then(|widget| widget.entry("AP"));
                self.assign_appearance(appearance, index)?;
            }
            self.assign_field(field.object.number, Role::Field(index));
        }
        if let Some(named) = dictionary.entry("Metadata").and_then(Object::reference) {
            self.assign_alone(named.number, Role::Metadata);
        }
        let trailer = &document.revisions[old].trailer;
        if let Some(named) = trailer.entry("Info").and_then(Object::reference) {
            self.assign_alone(named.number, Role::Metadata);
        }
        self.assign_validation_data(dictionary.entry("DSS"), 3)
    }

    /// The first role stays: what is a page keeps counting as a page.
    fn assign(&mut self, number: u32, role: Role) {
        self.roles.entry(number).or_insert(role);
    }

    fn assign_field(&mut self, number: u32, role: Role) {
        match self.roles.get(&number) {
            None | Some(Role::Annotation | Role::Widget(_)) => {
                self.roles.insert(number, role);
            }
            Some(_) => {}
        }
    }

    /// For what must serve nothing else as well.
    fn assign_alone(&mut self, number: u32, role: Role) {
        if self.references.has_one_referrer(number) {
            self.assign(number, role);
        }
    }

    /// The streams an appearance dictionary names: `N`, `R`, `D`, or one for each state of them.
    fn assign_appearance(
        &mut self,
        appearance: Option<&Object>,
        field: usize,
    ) -> Result<(), Error> {
        for named in self.references_of(appearance, self.old())? {
            self.assign_alone(named.number, Role::WidgetAppearance(field));
        }
        Ok(())
    }

    /// Dictionaries and arrays of the document security store (ETSI EN 319 142-1 section 5.4); its streams never change.
    fn assign_validation_data(
        &mut self,
        store: Option<&Object>,
        depth: usize,
    ) -> Result<(), Error> {
        let Some(object) = store else {
            return Ok(());
        };
        if depth == 0 {
            return Ok(());
        }
        let object = match object.reference() {
            Some(named) => {
                let Some(found) = self.document.load(named.number, self.old())? else {
                    return Ok(());
                };
                if found.stream.is_some() {
                    return Ok(());
                }
                self.assign_alone(named.number, Role::ValidationData);
                found.object.clone()
            }
            None => object.clone(),
        };
        if let Some(dictionary) = object.dictionary() {
            for (_, value) in dictionary.iter() {
                self.assign_validation_data(Some(value), depth - 1)?;
            }
        }
        Ok(())
    }

    /// References in an array or dictionary, itself perhaps behind a reference.
    fn references_of(
        &self,
        list: Option<&Object>,
        revision: usize,
    ) -> Result<Vec<Reference>, Error> {
        let mut found = Vec::new();
        if let Some(list) = list
            && let Some(list) = self.document.resolve(list, revision)?
        {
            list.references(&mut |named| found.push(named));
        }
        Ok(found)
    }

    fn compare_trailers(&mut self) {
        let [older, newer] =
            [self.old(), self.revision].map(|revision| &self.document.revisions[revision].trailer);
        if older.entry("Root") != newer.entry("Root") {
            self.found.push(Change::CatalogReplaced);
        }
        if older.entry("Info") != newer.entry("Info") {
            self.found.push(Change::MetadataChanged);
        }
    }

    fn compare_field_lists(&mut self) {
        let old: HashSet<u32> = self
            .old_fields
            .iter()
            .map(|field| field.object.number)
            .collect();
        let mut found = Vec::new();
        for field in &self.old_fields {
            if !self.new_fields.contains_key(&field.object.number) {
                found.push(Change::FieldRemoved {
                    field: field.name.clone(),
                });
            }
        }
        let mut added: Vec<&Field> = self
            .new_fields
            .values()
            .filter(|field| !old.contains(&field.object.number))
            .collect();
        added.sort_by_key(|field| field.object.number);
        for field in added {
            found.push(if field.is_signature {
                self.added_signature(field)
            } else {
                Change::FieldAdded {
                    field: field.name.clone(),
                }
            });
        }
        self.found.extend(found);
    }

    fn added_signature(&self, field: &Field) -> Change {
        let dictionary = field
            .value
            .as_ref()
            .and_then(|value| self.document.resolve(value, self.revision).ok().flatten());
        let kind = dictionary
            .as_deref()
            .and_then(Object::dictionary)
            .and_then(|dictionary| dictionary.entry("SubFilter"))
            .and_then(Object::name);
        let name = field.name.clone();
        let is_visible = field.widgets.iter().any(|widget| is_visible(widget));
        // What takes room on a page can hide something, whatever it says it is.
        if kind == Some(b"ETSI.RFC3161") && !is_visible {
            Change::TimeStampAdded { field: name }
        } else {
            Change::SignatureAdded {
                field: name,
                is_visible,
            }
        }
    }

    fn compare_object(&mut self, number: u32) -> Result<(), Error> {
        let pair = self
            .document
            .load(number, self.old())
            .and_then(|old| Ok((old, self.document.load(number, self.revision)?)));
        let (old, new) = match pair {
            Ok(pair) => pair,
            Err(error @ Error::TooLarge { .. }) => return Err(error),
            Err(_) => {
                self.found.push(Change::Unreadable { number });
                return Ok(());
            }
        };
        match (old, new) {
            (None, None) => {}
            (None, Some(_)) if self.references.is_named(number) => {
                self.found.push(Change::DanglingDefined { number });
            }
            // Whoever refers to it changed as well, or nobody does.
            (None, Some(_)) => {}
            (Some(_), None) => self.found.push(Change::ObjectRemoved { number }),
            (Some(old), Some(new)) if self.is_same(&old, &new) => {}
            (Some(old), Some(new)) => self.compare_versions(&old, &new)?,
        }
        Ok(())
    }

    fn is_same(&self, old: &Indirect, new: &Indirect) -> bool {
        let bytes = self.document.source.bytes;
        let [one, other] =
            [old, new].map(|object| object.stream.clone().map(|range| &bytes[range]));
        old.generation == new.generation && old.object == new.object && one == other
    }

    fn compare_versions(&mut self, old: &Rc<Indirect>, new: &Rc<Indirect>) -> Result<(), Error> {
        let number = old.number;
        let unknown = Change::ObjectChanged { number };
        let is_table = |object: &Indirect| {
            object.stream.is_some()
                && object
                    .dictionary()
                    .and_then(|one| one.entry("Type"))
                    .and_then(Object::name)
                    == Some(b"XRef")
        };
        let dictionaries = (old.dictionary(), new.dictionary());
        match (self.roles.get(&number).copied(), dictionaries) {
            (None, _) if is_table(old) && is_table(new) => {}
            (Some(Role::Annotation), _) => self.found.push(Change::AnnotationChanged { number }),
            (Some(Role::Annotations(page)), _) => {
                self.compare_annotations(page, Some(&old.object), Some(&new.object))?;
            }
            (Some(Role::Catalog), (Some(old), Some(new))) => self.compare_catalogs(old, new)?,
            (Some(Role::Field(index) | Role::Widget(index)), (Some(old), Some(new))) => {
                self.compare_field(index, old, new)?;
            }
            // The lists were compared by what they lead to.
            (Some(Role::Fields), _) if new.object.array().is_some() => {}
            (Some(Role::Form), (Some(old), Some(new))) => self.compare_forms(Some(old), new),
            (Some(Role::Metadata), _) => self.found.push(Change::MetadataChanged),
            (Some(Role::Page), (Some(old), Some(new))) => self.compare_pages(number, old, new)?,
            (Some(Role::ValidationData), _) if new.stream.is_none() => {
                self.found.push(Change::ValidationDataChanged);
            }
            (Some(Role::WidgetAppearance(index)), _) => {
                let field = &self.old_fields[index];
                self.found
                    .push(if field.is_signature && field.value.is_some() {
                        Change::FieldChanged {
                            field: field.name.clone(),
                            key: "AP".into(),
                        }
                    } else {
                        Change::FieldFilled {
                            field: field.name.clone(),
                        }
                    });
            }
            _ => self.found.push(unknown),
        }
        Ok(())
    }

    fn compare_catalogs(&mut self, old: &Dictionary, new: &Dictionary) -> Result<(), Error> {
        for key in old.differing_keys(new) {
            match key.as_slice() {
                b"AcroForm" => self.compare_form_entries(old, new)?,
                b"DSS" => self.found.push(Change::ValidationDataChanged),
                b"Metadata" => self.found.push(Change::MetadataChanged),
                // It names the extensions that added objects use.
                b"Extensions" => {}
                _ => self.found.push(Change::CatalogChanged {
                    key: readable(&key),
                }),
            }
        }
        Ok(())
    }

    fn compare_form_entries(&mut self, old: &Dictionary, new: &Dictionary) -> Result<(), Error> {
        let older = self.document.entry(old, "AcroForm", self.old())?;
        let newer = self.document.entry(new, "AcroForm", self.revision)?;
        match newer.as_deref().and_then(Object::dictionary) {
            Some(newer) => {
                self.compare_forms(older.as_deref().and_then(Object::dictionary), newer);
            }
            None => self.found.push(Change::CatalogChanged {
                key: "AcroForm".into(),
            }),
        }
        Ok(())
    }

    fn compare_forms(&mut self, old: Option<&Dictionary>, new: &Dictionary) {
        let empty = Dictionary::default();
        let old = old.unwrap_or(&empty);
        for key in old.differing_keys(new) {
            let is_new = old.entry(&readable(&key)).is_none();
            match key.as_slice() {
                b"Fields" | b"SigFlags" => {}
                // Fonts for fields that are new as well.
                b"DA" | b"DR" if is_new => {}
                _ => self.found.push(Change::FormChanged {
                    key: readable(&key),
                }),
            }
        }
    }

    fn compare_field(
        &mut self,
        index: usize,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), Error> {
        let field = self.old_fields[index].clone();
        let was_signed = field.is_signature && field.value.is_some();
        for key in old.differing_keys(new) {
            let is_value = matches!(
                key.as_slice(),
                b"AP" | b"AS" | b"F" | b"I" | b"M" | b"RV" | b"V"
            );
            let change = match key.as_slice() {
                b"V" if was_signed => Change::SignatureReplaced {
                    field: field.name.clone(),
                },
                b"V" if field.is_signature => match self.new_fields.get(&field.object.number) {
                    Some(now) => self.added_signature(now),
                    None => Change::FieldRemoved {
                        field: field.name.clone(),
                    },
                },
                b"AP" | b"F" | b"M" if field.is_signature && !was_signed => continue,
                b"F" => Change::FieldChanged {
                    field: field.name.clone(),
                    key: "F".into(),
                },
                _ if is_value && !field.is_signature => Change::FieldFilled {
                    field: field.name.clone(),
                },
                _ => Change::FieldChanged {
                    field: field.name.clone(),
                    key: readable(&key),
                },
            };
            self.found.push(change);
        }
        Ok(())
    }

    fn compare_pages(
        &mut self,
        page: u32,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), Error> {
        for key in old.differing_keys(new) {
            if key == b"Annots" {
                self.compare_annotations(page, old.entry("Annots"), new.entry("Annots"))?;
            } else {
                self.found.push(Change::PageChanged {
                    page,
                    key: readable(&key),
                });
            }
        }
        Ok(())
    }

    /// New widgets of new signature fields may be added; everything else is a change of annotations.
    fn compare_annotations(
        &mut self,
        page: u32,
        old: Option<&Object>,
        new: Option<&Object>,
    ) -> Result<(), Error> {
        let items = |list: Option<&Object>, revision| -> Result<Vec<Object>, Error> {
            let list = match list {
                Some(list) => self.document.resolve(list, revision)?,
                None => None,
            };
            let items = list.as_deref().and_then(Object::array);
            Ok(items.map(<[Object]>::to_vec).unwrap_or_default())
        };
        let old = items(old, self.old())?;
        let new = items(new, self.revision)?;
        let signature_widgets: HashSet<u32> = self
            .new_fields
            .values()
            .filter(|field| field.is_signature)
            .flat_map(|field| field.widgets.iter().map(|widget| widget.number))
            .filter(|number| {
                matches!(
                    self.document.defined(*number, self.old()),
                    None | Some((_, Entry::Free))
                )
            })
            .collect();
        let mut expected = old.iter().peekable();
        for item in &new {
            if expected.next_if(|old| *old == item).is_some() {
                continue;
            }
            let is_signature = item
                .reference()
                .is_some_and(|named| signature_widgets.contains(&named.number));
            if !is_signature {
                self.found.push(Change::AnnotationAdded { page });
            }
        }
        if expected.peek().is_some() {
            self.found.push(Change::AnnotationRemoved { page });
        }
        Ok(())
    }
}

/// Whether a widget may take room.
fn is_visible(widget: &Indirect) -> bool {
    let Some(rectangle) = widget.dictionary().and_then(|widget| widget.entry("Rect")) else {
        return false;
    };
    // Behind a reference it could be any.
    let Some(rectangle) = rectangle.array() else {
        return true;
    };
    let [left, bottom, right, top] = rectangle else {
        return true;
    };
    left != right && bottom != top
}

fn readable(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}
