//! The table of methods.

use std::future::Future;
use std::pin::Pin;

use grammers_tl_types::{Deserializable, Identifiable, RemoteCall, Serializable, functions as f};

use super::{
    Call, Request, RpcError, account, auth, channels, contacts, help, messages, updates, upload, users,
};

/// What comes of a request: TL, or a refusal.
pub type Outcome = Result<Vec<u8>, RpcError>;

/// An answer, now or when the world has it.
pub enum Answer {
    /// Done.
    Now(Outcome),
    /// Waits for somebody, a bot for instance.
    Later(Pin<Box<dyn Future<Output = Outcome> + Send>>),
}

/// The table: one line a method, checked against the method's own types.
macro_rules! methods {
    (now { $($now:path => $handler:path,)* } later { $($later:path => $starter:path,)* }) => {
        /// Runs the method a request names.
        pub fn dispatch(call: &mut Call, request: &Request<'_>) -> Answer {
            match request.method {
                $(<$now>::CONSTRUCTOR_ID => Answer::Now(run::<$now>(call, request.arguments, $handler)),)*
                $(<$later>::CONSTRUCTOR_ID => start::<$later, _>(call, request.arguments, $starter),)*
                _ => unknown(request),
            }
        }

        /// Every method there is.
        pub const METHODS: &[u32] = &[$(<$now>::CONSTRUCTOR_ID,)* $(<$later>::CONSTRUCTOR_ID,)*];
    };
}

methods! {
    now {
        f::help::GetConfig => help::get_config,
        f::help::GetNearestDc => help::get_nearest_dc,
        f::help::GetAppConfig => help::get_app_config,
        f::auth::SendCode => auth::send_code,
        f::auth::ResendCode => auth::resend_code,
        f::auth::CancelCode => auth::cancel_code,
        f::auth::SignIn => auth::sign_in,
        f::auth::SignUp => auth::sign_up,
        f::auth::CheckPassword => auth::check_password,
        f::auth::ExportLoginToken => auth::export_login_token,
        f::auth::ImportLoginToken => auth::import_login_token,
        f::auth::AcceptLoginToken => auth::accept_login_token,
        f::auth::ExportAuthorization => auth::export_authorization,
        f::auth::ImportAuthorization => auth::import_authorization,
        f::auth::LogOut => auth::log_out,
        f::account::UpdateStatus => account::update_status,
        f::account::UpdatePasswordSettings => account::update_password_settings,
        f::users::GetUsers => users::get_users,
        f::users::GetFullUser => users::get_full_user,
        f::contacts::ResolveUsername => contacts::resolve_username,
        f::contacts::GetContacts => contacts::get_contacts,
        f::contacts::Block => contacts::block,
        f::contacts::Unblock => contacts::unblock,
        f::contacts::GetBlocked => contacts::get_blocked,
        f::updates::GetState => updates::get_state,
        f::updates::GetDifference => updates::get_difference,
        f::updates::GetChannelDifference => updates::get_channel_difference,
        f::messages::GetDialogs => messages::dialogs::get_dialogs,
        f::messages::GetPinnedDialogs => messages::dialogs::get_pinned_dialogs,
        f::messages::GetPeerDialogs => messages::dialogs::get_peer_dialogs,
        f::messages::GetHistory => messages::history::get_history,
        f::messages::GetMessages => messages::history::get_messages,
        f::messages::Search => messages::search::search,
        f::messages::SearchGlobal => messages::search::search_global,
        f::messages::ReadHistory => messages::history::read_history,
        f::messages::GetChats => messages::chats::get_chats,
        f::messages::GetFullChat => messages::chats::get_full_chat,
        f::messages::CreateChat => messages::groups::create_chat,
        f::messages::AddChatUser => messages::groups::add_chat_user,
        f::messages::DeleteChatUser => messages::groups::delete_chat_user,
        f::messages::EditChatAdmin => messages::groups::edit_chat_admin,
        f::messages::MigrateChat => messages::groups::migrate_chat,
        f::messages::SetTyping => messages::chats::set_typing,
        f::messages::SendMessage => messages::send::send_message,
        f::messages::SendMedia => messages::media::send_media,
        f::messages::EditMessage => messages::send::edit_message,
        f::messages::DeleteMessages => messages::send::delete_messages,
        f::messages::UpdatePinnedMessage => messages::send::update_pinned_message,
        f::messages::SendReaction => messages::reactions::send_reaction,
        f::messages::GetMessagesReactions => messages::reactions::get_messages_reactions,
        f::messages::GetMessageReactionsList => messages::reactions::get_message_reactions_list,
        f::channels::CreateChannel => channels::create_channel,
        f::channels::GetFullChannel => channels::get_full_channel,
        f::channels::GetParticipants => channels::get_participants,
        f::channels::GetParticipant => channels::get_participant,
        f::channels::EditAdmin => channels::edit_admin,
        f::channels::InviteToChannel => channels::invite_to_channel,
        f::channels::LeaveChannel => channels::leave_channel,
        f::channels::GetChannels => channels::get_channels,
        f::channels::GetMessages => channels::get_messages,
        f::channels::ReadHistory => channels::read_history,
        f::channels::DeleteMessages => channels::delete_messages,
        f::upload::SaveFilePart => upload::save_file_part,
        f::upload::SaveBigFilePart => upload::save_big_file_part,
        f::upload::GetFile => upload::get_file,
    }
    later {
        f::account::GetPassword => account::get_password,
        f::messages::GetBotCallbackAnswer => messages::taps::get_bot_callback_answer,
    }
}

fn parse<F: Deserializable>(arguments: &[u8]) -> Result<F, RpcError> {
    F::from_bytes(arguments).map_err(|_| RpcError::UNREADABLE)
}

fn run<F>(
    call: &mut Call,
    arguments: &[u8],
    handler: fn(&mut Call, &F) -> Result<F::Return, RpcError>,
) -> Outcome
where
    F: RemoteCall + Deserializable,
    F::Return: Serializable,
{
    handler(call, &parse(arguments)?).map(|result| result.to_bytes())
}

fn start<F, W>(call: &mut Call, arguments: &[u8], starter: fn(&mut Call, &F) -> Result<W, RpcError>) -> Answer
where
    F: RemoteCall + Deserializable,
    F::Return: Serializable,
    W: Future<Output = Result<F::Return, RpcError>> + Send + 'static,
{
    match parse(arguments).and_then(|request| starter(call, &request)) {
        Err(refused) => Answer::Now(Err(refused)),
        Ok(waiting) => Answer::Later(Box::pin(async move { Ok(waiting.await?.to_bytes()) })),
    }
}

fn unknown(request: &Request<'_>) -> Answer {
    tracing::warn!(method = request.name(), id = format_args!("{:08x}", request.method), "not implemented");
    Answer::Now(Err(RpcError::UNKNOWN))
}

/// The names of all methods that are here, as Telegram writes them.
pub fn names() -> Vec<&'static str> {
    METHODS.iter().map(|id| grammers_tl_types::name_for_id(*id)).collect()
}
