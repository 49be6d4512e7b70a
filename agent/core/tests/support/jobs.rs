//! Jobs and documents of these tests.

#![allow(dead_code, unreachable_pub, reason = "shared by several test programs")]

use tamga_agent_core::{
    Answer, CmsContent, ExistingCms, Form, KeyFilter, Language, LineEnd, Origin, SignJob, Signed,
    Stores, ToBeSigned,
};
use tamga_scheme::SignatureScheme;

use crate::support::{PASSWORD, Step};

pub const GOST: SignatureScheme = SignatureScheme::Gost2015With512;

pub fn job(documents: Vec<ToBeSigned>) -> SignJob {
    SignJob {
        origin: Origin::Site("https://portal.kz".into()),
        language: Language::Kk,
        documents,
        stores: Stores::all(),
        filter: KeyFilter::default(),
    }
}

pub fn attached(content: &[u8]) -> ToBeSigned {
    ToBeSigned::Cms {
        content: CmsContent::Attached(content.to_vec()),
        existing: ExistingCms::Refuse,
    }
}

pub fn digest(digest: &[u8]) -> ToBeSigned {
    let content = CmsContent::Digest(digest.to_vec());
    ToBeSigned::Cms {
        content,
        existing: ExistingCms::SignAsContent,
    }
}

pub fn xml(text: &str) -> ToBeSigned {
    ToBeSigned::Xml {
        text: text.to_owned(),
        form: Form::Lines(LineEnd::Lf),
    }
}

/// The person opens the only file and signs.
pub fn one_signature() -> Vec<Step> {
    vec![Step::Open("/k.p12", PASSWORD), Step::Sign]
}

pub fn given(answer: Answer<Signed>) -> Signed {
    match answer {
        Answer::Given(signed) => signed,
        Answer::Cancelled => panic!("cancelled"),
    }
}
