//! What answers: each family translates between the wire and the desk.

mod accessory;
mod basics;
mod common_utils;

pub(crate) use accessory::Accessory;
pub(crate) use basics::Basics;
pub(crate) use common_utils::CommonUtils;

use tamga_agent_core::Language;
use tamga_protocol::common_utils::Locale;

fn language(locale: Locale) -> Language {
    match locale {
        Locale::En => Language::En,
        Locale::Kk => Language::Kk,
        Locale::Ru => Language::Ru,
    }
}
