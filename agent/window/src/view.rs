//! The model on the screen: callbacks change the model, the model is shown again.

use std::{cell::RefCell, io::Write, rc::Rc, time::Duration};

use slint::{ComponentHandle, Model as _, ModelRc, SharedString, Timer, VecModel};
use tamga_window_protocol::{
    Attempts, Error, Language, ToAgent, ToWindow, Wish, write_message, write_password,
};

use crate::{
    markup::{KeyRow, LanguageChoice, SigningWindow, Texts},
    state::{Model, Phase, Source},
    texts::{Catalogue, LANGUAGES, Text},
    words,
};

/// How long after `show` nothing can be signed: the 500 ms a person needs to see a window (T-UI-2),
/// and what a window system may take to bring it up.
pub const WAKING: Duration = Duration::from_millis(800);

/// How the person is given a file chooser: it receives title and filter name, and answers later.
pub type Chooser = Box<dyn Fn(String, String, Box<dyn FnOnce(Option<String>)>)>;

/// The window, its model and its way to the agent.
#[derive(Clone)]
pub struct View {
    window: Rc<SigningWindow>,
    session: Rc<RefCell<Session>>,
}

struct Session {
    model: Option<Model>,
    language: Language,
    catalogue: Catalogue,
    agent: Box<dyn Write>,
    finish: Box<dyn Fn()>,
    /// Changed row by row, so that a screen reader keeps its place in a list.
    languages: Rc<VecModel<LanguageChoice>>,
    warnings: Rc<VecModel<SharedString>>,
    keys: Rc<VecModel<KeyRow>>,
    sources: Rc<VecModel<KeyRow>>,
    failing: Rc<VecModel<SharedString>>,
}

impl View {
    /// A window that stays hidden until the agent says [`ToWindow::Show`].
    ///
    /// `agent` must not buffer (it carries the password); `finish` ends the program.
    pub fn new(
        language: Language,
        agent: impl Write + 'static,
        chooser: Chooser,
        finish: impl Fn() + 'static,
    ) -> Result<Self, slint::PlatformError> {
        let view = Self {
            window: Rc::new(SigningWindow::new()?),
            session: Rc::new(RefCell::new(Session {
                model: None,
                language,
                catalogue: Catalogue::new(language),
                agent: Box::new(agent),
                finish: Box::new(finish),
                languages: Rc::default(),
                warnings: Rc::default(),
                keys: Rc::default(),
                sources: Rc::default(),
                failing: Rc::default(),
            })),
        };
        {
            let session = view.session.borrow();
            view.window
                .set_languages(ModelRc::from(session.languages.clone()));
            view.window
                .set_warnings(ModelRc::from(session.warnings.clone()));
            view.window.set_keys(ModelRc::from(session.keys.clone()));
            view.window
                .set_sources(ModelRc::from(session.sources.clone()));
            view.window
                .set_failing(ModelRc::from(session.failing.clone()));
        }
        view.connect(chooser);
        Ok(view)
    }

    /// The toolkit's window.
    pub fn window(&self) -> &SigningWindow {
        &self.window
    }

    /// Takes a message of the agent.
    pub fn receive(&self, message: ToWindow) -> Result<(), slint::PlatformError> {
        let first = self.session.borrow().model.is_none();
        match message {
            ToWindow::Show(ask) if first => {
                self.window
                    .set_path(ask.last_file.clone().unwrap_or_default().into());
                let known_file = ask.last_file.is_some();
                let model = Model::new(ask);
                let focus_path = model.source() == Some(Source::File) && !known_file;
                if let Some(path) = model.path() {
                    self.window.set_path(path.into());
                }
                {
                    let mut session = self.session.borrow_mut();
                    session.speak(model.ask().language);
                    session.model = Some(model);
                }
                self.refresh();
                self.window.show()?;
                if focus_path {
                    self.window.invoke_focus_path();
                } else {
                    self.window.invoke_focus_password();
                }
                let view = self.clone();
                Timer::single_shot(WAKING, move || view.change(Model::wake));
            }
            ToWindow::Keys { keys, wanted } if !first => {
                self.change(|model| model.show_keys(keys, wanted));
                // Away from the buttons: an Enter typed too late must not press one.
                self.window.invoke_focus_list();
            }
            ToWindow::PinAgain if !first => {
                self.change(Model::ask_pin_again);
                self.window.invoke_focus_password();
            }
            ToWindow::Problem(problem) if !first => {
                self.change(|model| model.show_problem(problem));
                self.window.invoke_focus_password();
            }
            ToWindow::Progress { signed, of } if !first => {
                self.change(|model| model.show_progress(signed, of));
            }
            ToWindow::Tokens(tokens) if !first => {
                self.pick_source(|model| model.show_tokens(tokens));
            }
            // Out of order: not our agent.
            _ => (self.session.borrow().finish)(),
        }
        Ok(())
    }

    fn connect(&self, chooser: Chooser) {
        let window = &self.window;
        window.on_open(self.callback(Self::open));
        window.on_sign(self.callback(Self::sign));
        window.on_cancel(self.callback(Self::cancel));
        window.on_choose_other(self.callback(|view| {
            view.change(Model::choose_other);
            view.focus_source();
        }));
        let view = self.weak();
        window.on_pick_source(move |position| {
            if let (Some(view), Ok(position)) = (view(), usize::try_from(position)) {
                view.pick_source(|model| {
                    if let Some(source) = model.sources().get(position) {
                        model.choose_source(*source);
                    }
                });
                view.window.invoke_focus_password();
            }
        });
        window.on_path_edited(self.callback(|view| {
            view.pick_source(|model| model.choose_source(Source::File));
        }));
        let view = self.weak();
        window.on_move_source(move |step| {
            if let Some(view) = view() {
                view.pick_source(|model| model.choose_neighbouring_source(step > 0));
            }
        });
        let view = self.weak();
        window.on_allow_last(move |allowed| {
            if let Some(view) = view() {
                view.change(|model| model.allow_last_attempt(allowed));
            }
        });
        window.on_choose_file(self.callback(move |view| view.choose_file(&chooser)));
        let view = self.weak();
        window.on_pick_key(move |position| {
            if let (Some(view), Ok(position)) = (view(), usize::try_from(position)) {
                view.change(|model| model.choose(position));
            }
        });
        let view = self.weak();
        window.on_move_key(move |step| {
            if let Some(view) = view() {
                view.change(|model| model.choose_neighbour(step > 0));
            }
        });
        let view = self.weak();
        window.on_pick_language(move |position| {
            let language = usize::try_from(position)
                .ok()
                .and_then(|at| LANGUAGES.get(at));
            if let (Some(view), Some(language)) = (view(), language) {
                view.session.borrow_mut().speak(*language);
                view.refresh();
            }
        });
        let view = self.weak();
        window.on_password_edited(move |text| {
            if let Some(view) = view() {
                let not_latin = text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
                view.window.set_not_latin(not_latin);
            }
        });
        let view = self.weak();
        window.window().on_close_requested(move || {
            if let Some(view) = view() {
                view.cancel();
            }
            slint::CloseRequestResponse::HideWindow
        });
    }

    /// Another source: the password typed was meant for the one before.
    fn pick_source(&self, pick: impl FnOnce(&mut Model)) {
        let source = |view: &Self| view.session.borrow().model.as_ref().map(Model::source);
        let before = source(self);
        self.change(pick);
        if source(self) != before {
            self.clear_password();
            let session = self.session.borrow();
            if let Some(path) = session.model.as_ref().and_then(Model::path) {
                self.window.set_path(path.into());
            }
        }
    }

    fn clear_password(&self) {
        self.window.set_password(SharedString::new());
        self.window.set_password_shown(false);
        self.window.set_not_latin(false);
    }

    /// Where the person goes on: at the list, or at the path if there is none.
    fn focus_source(&self) {
        let listed = self.session.borrow().sources.row_count() > 0;
        if listed {
            self.window.invoke_focus_sources();
        } else {
            self.window.invoke_focus_path();
        }
    }

    /// Open: the password goes into its own frame and out of the field.
    fn open(&self) {
        let path = self.window.get_path();
        let password = self.window.get_password();
        let opened = match &mut self.session.borrow_mut().model {
            Some(model) => model.open(&path, &password),
            None => None,
        };
        drop(password);
        if let Some((message, password)) = opened {
            self.clear_password();
            self.tell(|agent| {
                write_message(agent, &message)?;
                match &password {
                    Some(password) => write_password(agent, password),
                    None => Ok(()),
                }
            });
        }
        self.refresh();
    }

    /// Sign: the model says whether it may happen, whatever the button looked like.
    fn sign(&self) {
        let decision = self
            .session
            .borrow_mut()
            .model
            .as_mut()
            .and_then(Model::sign);
        if let Some(message) = decision {
            self.tell(|agent| write_message(agent, &message));
        }
        self.refresh();
    }

    fn cancel(&self) {
        self.tell(|agent| write_message(agent, &ToAgent::Cancelled));
        self.window.set_password(SharedString::new());
        (self.session.borrow().finish)();
    }

    fn choose_file(&self, chooser: &Chooser) {
        if !self
            .session
            .borrow()
            .model
            .as_ref()
            .is_some_and(Model::can_choose)
            || self.window.get_choosing()
        {
            return;
        }
        self.window.set_choosing(true);
        let (title, filter) = {
            let catalogue = &self.session.borrow().catalogue;
            (
                catalogue.get(Text::ChooserTitle),
                catalogue.get(Text::ChooserFilter),
            )
        };
        let view = self.weak();
        chooser(
            title,
            filter,
            Box::new(move |path| {
                let Some(view) = view() else { return };
                view.window.set_choosing(false);
                view.change(|model| model.file_chosen(path.is_some()));
                if let Some(path) = path {
                    view.change(|model| model.choose_source(Source::File));
                    view.window.set_path(path.into());
                    view.window.invoke_focus_password();
                }
            }),
        );
    }

    /// Writes to the agent; if it is gone, so are we.
    fn tell(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), Error>) {
        let mut session = self.session.borrow_mut();
        if write(&mut *session.agent).is_err() {
            (session.finish)();
        }
    }

    fn change(&self, change: impl FnOnce(&mut Model)) {
        if let Some(model) = &mut self.session.borrow_mut().model {
            change(model);
        }
        self.refresh();
    }

    fn callback(&self, action: impl Fn(&Self) + 'static) -> impl Fn() + 'static {
        let view = self.weak();
        move || {
            if let Some(view) = view() {
                action(&view);
            }
        }
    }

    /// Callbacks live in the window; they must not keep it alive.
    fn weak(&self) -> impl Fn() -> Option<Self> + Clone + 'static {
        let window = Rc::downgrade(&self.window);
        let session = Rc::downgrade(&self.session);
        move || {
            Some(Self {
                window: window.upgrade()?,
                session: session.upgrade()?,
            })
        }
    }

    /// Shows the model in the current language.
    fn refresh(&self) {
        let session = self.session.borrow();
        let Some(model) = &session.model else { return };
        let (window, catalogue) = (&*self.window, &session.catalogue);
        let get = |text| SharedString::from(catalogue.get(text));
        set_texts(window, catalogue);

        let reading = matches!(model.ask().wish, Wish::ReadCertificate);
        let by_wish = |read, sign| get(if reading { read } else { sign });
        window.set_window_title(by_wish(Text::TitleRead, Text::TitleSign));
        window.set_heading(by_wish(Text::HeadingRead, Text::HeadingSign));
        show_rows(&session.languages, languages(session.language));

        let asked = words::asked(catalogue, &model.ask().origin, &model.ask().wish);
        window.set_origin_label(asked.label.into());
        window.set_origin_text(asked.origin.into());
        window.set_wish_text(asked.wish.into());
        window.set_wish_details(asked.details.into());
        show_rows(
            &session.warnings,
            asked.warnings.into_iter().map(SharedString::from),
        );

        let phase = model.phase();
        let opening = phase == Phase::Opening;
        let again = phase == Phase::PinAgain;
        window.set_sealed(matches!(
            phase,
            Phase::Sealed | Phase::Opening | Phase::PinAgain
        ));
        window.set_choosable(model.can_choose());
        window.set_can_open(model.can_open());
        window.set_listed(phase == Phase::Listed);
        window.set_signing(matches!(phase, Phase::Signing | Phase::PinAgain));
        window.set_open_label(get(match phase {
            Phase::Opening => Text::ButtonOpenBusy,
            Phase::PinAgain => Text::ButtonContinue,
            _ => Text::ButtonOpen,
        }));
        let (problem, advice) = match model.notice() {
            Some(notice) => words::notice(catalogue, notice, &model.ask().wish),
            None => Default::default(),
        };
        window.set_problem(problem.into());
        window.set_advice(advice.into());

        window.set_files_offered(model.files_offered());
        window.set_source_chosen(model.source().is_some());
        let token = model.token();
        let pin_pad = !again && token.is_some_and(|token| token.pin_pad);
        window.set_pin_pad(pin_pad);
        window.set_password_label(get(if token.is_some() {
            Text::FieldPin
        } else {
            Text::FieldPassword
        }));
        window.set_show_label(get(if token.is_some() {
            Text::ShowPin
        } else {
            Text::ShowPassword
        }));
        let waiting = model.sources().is_empty() && !model.files_offered();
        window.set_hint(match () {
            () if again => get(Text::PinAgainHint),
            () if pin_pad => get(Text::PinPadHint),
            () if waiting => get(Text::TokenWaiting),
            () => SharedString::new(),
        });
        let last = token.is_some_and(|token| token.attempts == Attempts::Last);
        window.set_last_attempt(last && !again && !opening);
        window.set_last_allowed(model.last_attempt());
        show_rows(&session.sources, source_rows(catalogue, model));
        let chosen_source = model
            .sources()
            .iter()
            .position(|source| Some(*source) == model.source());
        window.set_chosen_source(index(chosen_source));
        let failing = model.tokens().failing.iter();
        show_rows(
            &session.failing,
            failing.map(|library| {
                let value = words::plain(library);
                catalogue
                    .with_value(Text::TokenFailing, "value", value)
                    .into()
            }),
        );

        window.set_list_label(by_wish(Text::ListRead, Text::ListSign));
        let rows = model.keys().iter().enumerate().map(|(position, key)| {
            let said = words::key(catalogue, key);
            row(
                said,
                key.unusable.is_none(),
                model.chosen() == Some(position),
            )
        });
        show_rows(&session.keys, rows);
        window.set_chosen_key(index(model.chosen()));

        window.set_sign_label(by_wish(Text::ButtonSend, Text::ButtonSign));
        window.set_can_sign(model.can_sign());
        window.set_busy(match phase {
            Phase::Opening => get(Text::ButtonOpenBusy),
            Phase::Signing => match model.progress() {
                Some((signed, of)) => words::progress(catalogue, signed, of).into(),
                None => by_wish(Text::BusyRead, Text::BusySign),
            },
            Phase::Sealed | Phase::Listed | Phase::PinAgain => SharedString::new(),
        });
    }
}

impl Session {
    fn speak(&mut self, language: Language) {
        self.language = language;
        self.catalogue = Catalogue::new(language);
    }
}

fn set_texts(window: &SigningWindow, catalogue: &Catalogue) {
    let texts = window.global::<Texts>();
    let get = |text| SharedString::from(catalogue.get(text));
    texts.set_about_text(get(Text::AboutText));
    texts.set_about_title(get(Text::AboutTitle));
    texts.set_button_about(get(Text::ButtonAbout));
    texts.set_button_cancel(get(Text::ButtonCancel));
    texts.set_button_choose(get(Text::ButtonChoose));
    texts.set_button_choose_other(get(Text::ButtonChooseOther));
    texts.set_button_close(get(Text::ButtonClose));
    texts.set_field_path(get(Text::FieldPath));
    texts.set_hint_path(get(Text::HintPath));
    texts.set_allow_last(get(Text::AllowLast));
    texts.set_language_group(get(Text::LanguageGroup));
    texts.set_list_sources(get(Text::ListSources));
    texts.set_section_key(get(Text::SectionKey));
    texts.set_section_who(get(Text::SectionWho));
    texts.set_warn_not_latin(get(Text::WarnNotLatin));
}

/// Recent keys and tokens.
fn source_rows<'m>(
    catalogue: &'m Catalogue,
    model: &'m Model,
) -> impl Iterator<Item = KeyRow> + 'm {
    model.sources().into_iter().filter_map(move |source| {
        let usable = model.can_use(source);
        let said = match source {
            Source::File => None,
            Source::Recent(at) => {
                let recent = model.ask().recent.get(at)?;
                Some(words::recent(catalogue, recent, usable))
            }
            Source::Token(_) => Some(words::token(catalogue, model.token_of(source)?)),
        };
        Some(row(said?, usable, model.source() == Some(source)))
    })
}

fn row(said: words::KeyWords, usable: bool, chosen: bool) -> KeyRow {
    KeyRow {
        spoken: said.spoken().into(),
        name: said.name.into(),
        holder: said.holder.into(),
        validity: said.validity.into(),
        issuer: said.issuer.into(),
        note: said.note.into(),
        usable,
        chosen,
    }
}

/// As lists count: -1 is none.
fn index(position: Option<usize>) -> i32 {
    position.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1)
}

/// Each language under its own name, whatever the current one is.
fn languages(current: Language) -> impl Iterator<Item = LanguageChoice> {
    LANGUAGES.into_iter().map(move |language| {
        let own = Catalogue::new(language);
        LanguageChoice {
            short: own.get(Text::LanguageShort).into(),
            name: own.get(Text::LanguageName).into(),
            chosen: language == current,
        }
    })
}

/// Makes a list show these rows, touching only rows that differ.
fn show_rows<T: Clone + PartialEq + 'static>(shown: &VecModel<T>, rows: impl Iterator<Item = T>) {
    let mut count = 0;
    for row in rows {
        if count == shown.row_count() {
            shown.push(row);
        } else if shown.row_data(count).as_ref() != Some(&row) {
            shown.set_row_data(count, row);
        }
        count += 1;
    }
    while shown.row_count() > count {
        shown.remove(shown.row_count() - 1);
    }
}
