//! Appending a revision with a signature (ISO 32000-1 sections 7.5.6 and 12.8, ETSI EN 319 142-1 level B-B).

use std::collections::{HashMap, HashSet};

use tamga_cms::{ContentDigests, Draft, NewSigner, PreparedSigner, Profile, SignedAttributesForm};
use tamga_scheme::{DigestAlgorithm, Prepared, SignatureScheme, SignatureValue};
use tamga_x509::{Certificate, UnixTime};

use crate::difference::{self, Change};
use crate::document::{Document, Indirect};
use crate::form::{self, Field};
use crate::object::{Object, Reference};
use crate::permissions::{self, DocMdp};
use crate::signature::ByteRange;
use crate::{Error, Limits, text};

/// What stands beside the signature, and how much room it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningOptions {
    /// Why: `Reason`.
    pub reason: Option<String>,
    /// Where: `Location`.
    pub location: Option<String>,
    /// How to reach the signer: `ContactInfo`.
    pub contact_info: Option<String>,
    /// Who: `Name`.
    pub name: Option<String>,
    /// Room for the CMS, in bytes: its time stamps, which come later, included.
    pub reserve: usize,
    /// Budgets for reading the document.
    pub limits: Limits,
}

impl Default for SigningOptions {
    /// No words, 16 KiB: enough for two certificates and a time stamp of the national authority.
    fn default() -> Self {
        Self {
            reason: None,
            location: None,
            contact_info: None,
            name: None,
            reserve: 16 << 10,
            limits: Limits::default(),
        }
    }
}

/// A document that waits for its signature.
#[derive(Debug, Clone)]
pub struct PreparedPdf {
    unfilled: UnfilledPdf,
    draft: Draft<'static>,
    signer: PreparedSigner,
}

/// A document with room for a CMS.
#[derive(Debug, Clone)]
pub struct UnfilledPdf {
    file: Vec<u8>,
    byte_range: ByteRange,
}

/// Appends a signature field, invisible and on the first page, and says what is to be signed.
///
/// The CMS has the form of PAdES: contentType, messageDigest and signingCertificateV2 are signed, the time stands in
/// `M`. Every byte of `file` stays.
///
/// # Errors
/// [`Error::Encrypted`], [`Error::Forbidden`] for a document certified against changes, [`Error::BytesAfterEnd`],
/// [`Error::NoPage`], [`Error::SigningTime`], [`Error::WrongKey`], [`Error::Certificate`], [`Error::UnclearRevision`],
/// and the errors of structure.
pub fn prepare(
    file: &[u8],
    options: &SigningOptions,
    scheme: SignatureScheme,
    certificate: &Certificate,
    time: UnixTime,
) -> Result<PreparedPdf, Error> {
    let key = certificate.public_key()?.kind();
    if key != scheme.key_kind() {
        return Err(Error::WrongKey { scheme, key });
    }
    let document = Document::open(file, &options.limits)?;
    let unfilled = Update::new(&document)?.write(options, time)?;
    check_as_reader(&unfilled, &options.limits)?;
    let digest = unfilled.digest(scheme.digest());
    let mut draft = Draft::detached(ContentDigests::known(scheme.digest(), &digest)?);
    let signer = draft.prepare(&NewSigner {
        scheme,
        certificate,
        signing_time: time,
        profile: Profile {
            attributes: SignedAttributesForm::WithoutSigningTime,
            ..Profile::default()
        },
    })?;
    Ok(PreparedPdf {
        unfilled,
        draft,
        signer,
    })
}

impl PreparedPdf {
    /// The CMS and the document that takes it: for those who attach a time stamp in between (level B-T).
    ///
    /// # Errors
    /// [`Error::Cms`].
    pub fn into_cms(mut self, value: SignatureValue) -> Result<(UnfilledPdf, Vec<u8>), Error> {
        self.draft.add(self.signer.assemble(value))?;
        Ok((self.unfilled, self.draft.to_der()?))
    }
}

impl Prepared for PreparedPdf {
    /// The signed document; [`Error::ReserveTooSmall`] if the CMS does not fit.
    type Signed = Result<Vec<u8>, Error>;

    /// DER of the signed attributes with the universal SET tag.
    fn to_sign(&self) -> &[u8] {
        self.signer.to_sign()
    }

    fn assemble(self, value: SignatureValue) -> Result<Vec<u8>, Error> {
        let (unfilled, cms) = self.into_cms(value)?;
        unfilled.fill(&cms)
    }
}

impl UnfilledPdf {
    /// What a signature will cover.
    pub fn byte_range(&self) -> &ByteRange {
        &self.byte_range
    }

    /// Puts the DER of a CMS over [`Self::byte_range`] in its place; zero bytes fill the rest.
    ///
    /// # Errors
    /// [`Error::ReserveTooSmall`].
    pub fn fill(mut self, cms: &[u8]) -> Result<Vec<u8>, Error> {
        let contents = self.byte_range.contents();
        let digits = &mut self.file[contents.start + 1..contents.end - 1];
        if digits.len() < 2 * cms.len() {
            return Err(Error::ReserveTooSmall {
                actual: cms.len(),
                reserve: digits.len() / 2,
            });
        }
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (pair, byte) in digits.chunks_exact_mut(2).zip(cms) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Ok(self.file)
    }

    fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        self.byte_range
            .digest(&self.file, algorithm)
            .expect("the ranges are those of this file")
    }
}

/// The objects of a revision being made.
struct Update<'d, 'a> {
    document: &'d Document<'a>,
    fields: Vec<Field>,
    objects: HashMap<u32, (u16, Vec<u8>)>,
    next_number: u32,
}

impl<'d, 'a> Update<'d, 'a> {
    fn new(document: &'d Document<'a>) -> Result<Self, Error> {
        let last = document.last();
        let revision = &document.revisions[last];
        let rest = &document.source.bytes[revision.end..];
        if rest.iter().any(|byte| !crate::syntax::is_space(*byte)) {
            return Err(Error::BytesAfterEnd { length: rest.len() });
        }
        let fields = form::fields(document, last)?;
        refuse_certified(document, &fields)?;
        let size = revision.trailer.entry("Size").and_then(Object::offset);
        let missing = Error::MissingEntry {
            number: 0,
            key: "Size",
        };
        let size = size
            .and_then(|size| u32::try_from(size).ok())
            .ok_or(missing)?;
        let numbers = document
            .revisions
            .iter()
            .flat_map(|revision| revision.entries.keys());
        let next_number = numbers.fold(size, |next, number| next.max(number + 1));
        Ok(Self {
            document,
            fields,
            objects: HashMap::new(),
            next_number,
        })
    }

    fn write(mut self, options: &SigningOptions, time: UnixTime) -> Result<UnfilledPdf, Error> {
        let last = self.document.last();
        let date = text::write_date(time).ok_or(Error::SigningTime(time))?;
        let pages = self.document.pages(last, 1)?;
        let page = pages.first().ok_or(Error::NoPage)?;
        let (signature, widget) = (self.next_number, self.next_number + 1);
        self.next_number += 2;

        let name = self.free_name();
        let field = format!(
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) /V {signature} 0 R /P {} {} R /Rect [0 0 0 0] /F 132 >>",
            page.number, page.generation
        );
        self.set(widget, 0, field.into_bytes())?;
        self.add_to_form(widget)?;
        let text = self.text(page).to_vec();
        if let Some(text) = self.append(page, &page.object, text, "Annots", widget)? {
            self.set(page.number, page.generation, text)?;
        }
        Ok(self.append_to_file(signature, options, &date))
    }

    /// The first of `Signature1`, `Signature2`, … that no field has.
    fn free_name(&self) -> String {
        let taken: HashSet<&str> = self
            .fields
            .iter()
            .filter_map(|field| field.name.split('.').next())
            .collect();
        (1_u32..)
            .map(|number| format!("Signature{number}"))
            .find(|name| !taken.contains(name.as_str()))
            .expect("there are more numbers than fields")
    }

    /// Adds the field to the form, and the form to the catalog if there was none.
    fn add_to_form(&mut self, widget: u32) -> Result<(), Error> {
        let last = self.document.last();
        let catalog = self.document.catalog(last)?;
        let entry = catalog
            .dictionary()
            .and_then(|catalog| catalog.entry("AcroForm"));
        let Some(entry) = entry else {
            let form = format!("<< /Fields [{widget} 0 R] /SigFlags 3 >>");
            let text = with_entry(
                &catalog.object,
                self.text(&catalog),
                "AcroForm",
                form.as_bytes(),
            );
            return self.set(catalog.number, catalog.generation, text);
        };
        if let Some(named) = entry.reference() {
            let form = self.document.require(named, last)?;
            let text = self.form_text(&form, &form.object, widget)?;
            return self.set(form.number, form.generation, text);
        }
        let form = self.form_text(&catalog, entry, widget)?;
        let text = with_entry(&catalog.object, self.text(&catalog), "AcroForm", &form);
        self.set(catalog.number, catalog.generation, text)
    }

    /// The form with one field more. `form` is `holder`, or a value inside it.
    fn form_text(
        &mut self,
        holder: &Indirect,
        form: &Object,
        widget: u32,
    ) -> Result<Vec<u8>, Error> {
        let flags = form
            .dictionary()
            .and_then(|form| form.entry("SigFlags"))
            .and_then(Object::integer)
            .unwrap_or(0);
        let text = &self.text_of(holder)[form.span.clone()];
        let text = with_entry(form, text, "SigFlags", (flags | 3).to_string().as_bytes());
        // Read again: places have moved.
        let moved =
            crate::syntax::Cursor::new(&text, 0, self.document.source.limits.depth).object()?;
        let unchanged = text.clone();
        Ok(self
            .append(holder, &moved, text, "Fields", widget)?
            .unwrap_or(unchanged))
    }

    /// Appends a reference to the array under `key`.
    ///
    /// `text` is that of `object`. It comes back changed; if the array is an object of its own, that object changes
    /// and `None` comes back.
    fn append(
        &mut self,
        holder: &Indirect,
        object: &Object,
        text: Vec<u8>,
        key: &'static str,
        widget: u32,
    ) -> Result<Option<Vec<u8>>, Error> {
        let missing = Error::MissingEntry {
            number: holder.number,
            key,
        };
        let list = object.dictionary().ok_or(missing.clone())?.entry(key);
        let Some(list) = list else {
            let list = format!("[{widget} 0 R]");
            return Ok(Some(with_entry(object, &text, key, list.as_bytes())));
        };
        if let Some(named) = list.reference() {
            let array = self.document.require(named, self.document.last())?;
            array.object.array().ok_or(missing)?;
            let longer = appended(self.text(&array), widget);
            self.set(array.number, array.generation, longer)?;
            return Ok(None);
        }
        list.array().ok_or(missing)?;
        let start = object.span.start;
        let longer = appended(
            &text[list.span.start - start..list.span.end - start],
            widget,
        );
        Ok(Some(with_entry(object, &text, key, &longer)))
    }

    fn set(&mut self, number: u32, generation: u16, text: Vec<u8>) -> Result<(), Error> {
        match self.objects.insert(number, (generation, text)) {
            // The same array as list of fields and of annotations.
            Some(_) => Err(Error::Unsupported {
                number,
                what: "an object that serves two purposes".into(),
            }),
            None => Ok(()),
        }
    }

    fn text<'t>(&'t self, object: &'t Indirect) -> &'t [u8] {
        &self.text_of(object)[object.object.span.clone()]
    }

    fn text_of<'t>(&'t self, object: &'t Indirect) -> &'t [u8] {
        object.text(self.document.source.bytes)
    }

    fn append_to_file(self, signature: u32, options: &SigningOptions, date: &str) -> UnfilledPdf {
        let source = self.document.source.bytes;
        let mut file = Vec::with_capacity(source.len() + 2 * options.reserve + 8192);
        file.extend_from_slice(source);
        if !source.ends_with(b"\n") && !source.ends_with(b"\r") {
            file.push(b'\n');
        }
        let mut places = HashMap::new();
        let mut numbers: Vec<u32> = self.objects.keys().copied().collect();
        numbers.sort_unstable();
        for number in numbers {
            let (generation, text) = &self.objects[&number];
            places.insert(number, (file.len(), *generation));
            file.extend(format!("{number} {generation} obj\n").bytes());
            file.extend_from_slice(text);
            file.extend_from_slice(b"\nendobj\n");
        }
        places.insert(signature, (file.len(), 0));
        let hole = write_signature(&mut file, signature, options, date);
        self.write_xref(&mut file, places);

        let [first, second] = [hole.contents.start, hole.contents.end];
        let numbers = format!("{first:010} {second:010} {:010}", file.len() - second);
        file[hole.numbers..hole.numbers + numbers.len()].copy_from_slice(numbers.as_bytes());
        UnfilledPdf {
            byte_range: ByteRange::new(hole.contents, file.len()),
            file,
        }
    }

    /// The cross-reference section in the form the file uses already.
    fn write_xref(&self, file: &mut Vec<u8>, mut places: HashMap<u32, (usize, u16)>) {
        let revision = &self.document.revisions[self.document.last()];
        let startxref = file.len();
        let mut next_number = self.next_number;
        if revision.is_stream {
            places.insert(next_number, (startxref, 0));
            next_number += 1;
        }
        let mut places: Vec<(u32, (usize, u16))> = places.into_iter().collect();
        places.sort_unstable();
        let subsections = places.chunk_by(|(one, _), (next, _)| one + 1 == *next);
        let trailer = self.trailer(next_number, revision.startxref);
        if revision.is_stream {
            let mut index = String::new();
            let mut rows = Vec::new();
            for subsection in subsections {
                index.push_str(&format!(" {} {}", subsection[0].0, subsection.len()));
                for (_, (offset, generation)) in subsection {
                    rows.push(1);
                    rows.extend((*offset as u64).to_be_bytes());
                    rows.extend(generation.to_be_bytes());
                }
            }
            file.extend(
                format!(
                    "{} 0 obj\n<< /Type /XRef /W [1 8 2] /Index [{}] /Length {}",
                    next_number - 1,
                    index.trim_start(),
                    rows.len()
                )
                .bytes(),
            );
            file.extend(trailer);
            file.extend(b" >>\nstream\n");
            file.extend(rows);
            file.extend(b"\nendstream\nendobj\n");
        } else {
            file.extend(b"xref\n");
            for subsection in subsections {
                file.extend(format!("{} {}\n", subsection[0].0, subsection.len()).bytes());
                for (_, (offset, generation)) in subsection {
                    file.extend(format!("{offset:010} {generation:05} n \n").bytes());
                }
            }
            file.extend(b"trailer\n<<");
            file.extend(trailer);
            file.extend(b" >>\n");
        }
        file.extend(format!("startxref\n{startxref}\n%%EOF\n").bytes());
    }

    /// Entries of the trailer; the second half of `ID` is new in each revision (ISO 32000-1 section 14.4).
    fn trailer(&self, size: u32, previous: usize) -> Vec<u8> {
        let source = self.document.source.bytes;
        let trailer = &self.document.revisions[self.document.last()].trailer;
        let mut out = format!(" /Size {size} /Prev {previous}").into_bytes();
        for key in ["Root", "Info"] {
            if let Some(Reference { number, generation }) =
                trailer.entry(key).and_then(Object::reference)
            {
                out.extend(format!(" /{key} {number} {generation} R").bytes());
            }
        }
        if let Some([first, second]) = trailer.entry("ID").and_then(Object::array) {
            let seed = [&source[second.span.clone()], size.to_string().as_bytes()].concat();
            let digest = DigestAlgorithm::Sha256.digest(&seed);
            out.extend(b" /ID [");
            out.extend_from_slice(&source[first.span.clone()]);
            out.extend(b" <");
            out.extend(
                digest[..16]
                    .iter()
                    .flat_map(|byte| format!("{byte:02x}").into_bytes()),
            );
            out.extend(b">]");
        }
        out
    }
}

/// What is filled in last.
struct Hole {
    /// Where the numbers of `ByteRange` behind the zero stand.
    numbers: usize,
    contents: std::ops::Range<usize>,
}

fn write_signature(file: &mut Vec<u8>, number: u32, options: &SigningOptions, date: &str) -> Hole {
    file.extend(
        format!(
            "{number} 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange [0 "
        )
        .bytes(),
    );
    let numbers = file.len();
    file.resize(numbers + 32, b' ');
    file.extend(b"]\n/Contents ");
    let start = file.len();
    file.push(b'<');
    file.resize(start + 1 + 2 * options.reserve, b'0');
    file.push(b'>');
    let contents = start..file.len();
    file.extend(format!("\n/M {date}").bytes());
    let words = [
        ("Name", &options.name),
        ("Reason", &options.reason),
        ("Location", &options.location),
        ("ContactInfo", &options.contact_info),
    ];
    for (key, word) in words {
        if let Some(word) = word {
            file.extend(format!(" /{key} ").bytes());
            file.extend(text::write(word));
        }
    }
    file.extend(b" >>\nendobj\n");
    Hole { numbers, contents }
}

/// Reads what was written as a verifier will: nothing is signed that could not be verified later.
fn check_as_reader(unfilled: &UnfilledPdf, limits: &Limits) -> Result<(), Error> {
    let document = Document::open(&unfilled.file, limits)?;
    let changes = difference::changes(&document)?.pop().unwrap_or_default();
    match changes.as_slice() {
        [Change::SignatureAdded { .. }] => Ok(()),
        _ => Err(Error::UnclearRevision { changes }),
    }
}

/// Refuses documents that allow no more signatures.
fn refuse_certified(document: &Document<'_>, fields: &[Field]) -> Result<(), Error> {
    let last = document.last();
    let mut values: Vec<Object> = fields
        .iter()
        .filter(|field| field.is_signature)
        .filter_map(|field| field.value.clone())
        .collect();
    let catalog = document.catalog(last)?;
    if let Some(catalog) = catalog.dictionary()
        && let Some(permissions) = document.entry(catalog, "Perms", last)?
        && let Some(permissions) = permissions.dictionary()
    {
        values.extend(permissions.entry("DocMDP").cloned());
    }
    for value in values {
        let number = value.reference().map_or(0, |named| named.number);
        let Some(value) = document.resolve(&value, last)? else {
            return Err(Error::Dangling { number });
        };
        let Some(dictionary) = value.dictionary() else {
            continue;
        };
        if let (Some(level @ DocMdp::NoChanges), _) =
            permissions::read(document, dictionary, number, last)?
        {
            return Err(Error::Forbidden(level));
        }
    }
    Ok(())
}

/// The text of a dictionary with one entry set; everything else stays as it was written.
fn with_entry(object: &Object, text: &[u8], key: &str, value: &[u8]) -> Vec<u8> {
    let start = object.span.start;
    let known = object
        .dictionary()
        .and_then(|dictionary| dictionary.iter().find(|(one, _)| *one == key.as_bytes()));
    let mut out = Vec::with_capacity(text.len() + value.len() + key.len() + 4);
    match known {
        Some((_, old)) => {
            out.extend_from_slice(&text[..old.span.start - start]);
            out.push(b' ');
            out.extend_from_slice(value);
            out.extend_from_slice(&text[old.span.end - start..]);
        }
        None => {
            let before_end = text.len() - 2;
            out.extend_from_slice(&text[..before_end]);
            out.extend(format!(" /{key} ").bytes());
            out.extend_from_slice(value);
            out.extend_from_slice(&text[before_end..]);
        }
    }
    out
}

/// The text of an array with a reference more.
fn appended(array: &[u8], number: u32) -> Vec<u8> {
    let mut out = array[..array.len() - 1].to_vec();
    out.extend(format!(" {number} 0 R]").bytes());
    out
}
