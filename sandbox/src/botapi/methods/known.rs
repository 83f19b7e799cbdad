//! The names of methods: those that are here, and all of Telegram's.

/// All methods there are here, in lower case: first those that take no `chat_id`.
pub(in crate::botapi) const HERE: [&str; 28] = [
    "getupdates",
    "setwebhook",
    "deletewebhook",
    "getwebhookinfo",
    "getme",
    "logout",
    "close",
    "getfile",
    "answercallbackquery",
    "setmycommands",
    "getmycommands",
    "deletemycommands",
    "sendmessage",
    "senddocument",
    "sendphoto",
    "editmessagetext",
    "editmessagecaption",
    "editmessagereplymarkup",
    "deletemessage",
    "pinchatmessage",
    "unpinchatmessage",
    "setmessagereaction",
    "getchat",
    "getchatmember",
    "getchatmembercount",
    "getchatadministrators",
    "sendchataction",
    "leavechat",
];

/// How many of [`HERE`] take no `chat_id`.
const WITHOUT_CHAT: usize = 12;

/// Telegram's own name of a method that is here, given in any case.
pub(crate) fn name_of(method: &str) -> Option<&'static str> {
    telegrams(method).filter(|_| HERE.iter().any(|here| here.eq_ignore_ascii_case(method)))
}

/// The names of all methods that are here, as Telegram writes them.
pub(crate) fn names() -> Vec<&'static str> {
    HERE.iter().filter_map(|method| telegrams(method)).collect()
}

/// Whether a method that is here takes a `chat_id`, by which a fault can find its calls.
pub(crate) fn names_a_chat(method: &str) -> bool {
    HERE[WITHOUT_CHAT..].iter().any(|here| here.eq_ignore_ascii_case(method))
}

/// Telegram's own name of one of its methods, given in any case.
pub(in crate::botapi) fn telegrams(method: &str) -> Option<&'static str> {
    TELEGRAMS.into_iter().find(|name| name.eq_ignore_ascii_case(method))
}

/// Every method of Bot API 10.3.
#[rustfmt::skip]
pub(in crate::botapi) const TELEGRAMS: [&str; 185] = [
    "addStickerToSet", "answerCallbackQuery", "answerChatJoinRequestQuery", "answerGuestQuery",
    "answerInlineQuery", "answerPreCheckoutQuery", "answerShippingQuery", "answerWebAppQuery",
    "approveChatJoinRequest", "approveSuggestedPost", "banChatMember", "banChatSenderChat", "close",
    "closeForumTopic", "closeGeneralForumTopic", "convertGiftToStars", "copyMessage", "copyMessages",
    "createChatInviteLink", "createChatSubscriptionInviteLink", "createForumTopic", "createInvoiceLink",
    "createNewStickerSet", "declineChatJoinRequest", "declineSuggestedPost", "deleteAllMessageReactions",
    "deleteBusinessMessages", "deleteChatPhoto", "deleteChatStickerSet", "deleteEphemeralMessage",
    "deleteForumTopic", "deleteMessage", "deleteMessageReaction", "deleteMessages", "deleteMyCommands",
    "deleteStickerFromSet", "deleteStickerSet", "deleteStory", "deleteWebhook", "editChatInviteLink",
    "editChatSubscriptionInviteLink", "editEphemeralMessageCaption", "editEphemeralMessageMedia",
    "editEphemeralMessageReplyMarkup", "editEphemeralMessageText", "editForumTopic", "editGeneralForumTopic",
    "editMessageCaption", "editMessageChecklist", "editMessageLiveLocation", "editMessageMedia",
    "editMessageReplyMarkup", "editMessageText", "editStory", "editUserStarSubscription",
    "exportChatInviteLink", "forwardMessage", "forwardMessages", "getAvailableGifts", "getBusinessAccountGifts",
    "getBusinessAccountStarBalance", "getBusinessConnection", "getChat", "getChatAdministrators",
    "getChatGifts", "getChatMember", "getChatMemberCount", "getChatMenuButton", "getCustomEmojiStickers",
    "getFile", "getForumTopicIconStickers", "getGameHighScores", "getManagedBotAccessSettings",
    "getManagedBotToken", "getMe", "getMyCommands", "getMyDefaultAdministratorRights", "getMyDescription",
    "getMyName", "getMyShortDescription", "getMyStarBalance", "getStarTransactions", "getStickerSet",
    "getUpdates", "getUserChatBoosts", "getUserGifts", "getUserPersonalChatMessages", "getUserProfileAudios",
    "getUserProfilePhotos", "getWebhookInfo", "giftPremiumSubscription", "hideGeneralForumTopic", "leaveChat",
    "logOut", "pinChatMessage", "postStory", "promoteChatMember", "readBusinessMessage", "refundStarPayment",
    "removeBusinessAccountProfilePhoto", "removeChatVerification", "removeMyProfilePhoto",
    "removeUserVerification", "reopenForumTopic", "reopenGeneralForumTopic", "replaceManagedBotToken",
    "replaceStickerInSet", "repostStory", "restrictChatMember", "revokeChatInviteLink",
    "savePreparedInlineMessage", "savePreparedKeyboardButton", "sendAnimation", "sendAudio", "sendChatAction",
    "sendChatJoinRequestWebApp", "sendChecklist", "sendContact", "sendDice", "sendDocument", "sendGame",
    "sendGift", "sendInvoice", "sendLivePhoto", "sendLocation", "sendMediaGroup", "sendMessage",
    "sendMessageDraft", "sendPaidMedia", "sendPhoto", "sendPoll", "sendRichMessage", "sendRichMessageDraft",
    "sendSticker", "sendVenue", "sendVideo", "sendVideoNote", "sendVoice", "setBusinessAccountBio",
    "setBusinessAccountGiftSettings", "setBusinessAccountName", "setBusinessAccountProfilePhoto",
    "setBusinessAccountUsername", "setChatAdministratorCustomTitle", "setChatDescription", "setChatMemberTag",
    "setChatMenuButton", "setChatPermissions", "setChatPhoto", "setChatStickerSet", "setChatTitle",
    "setCustomEmojiStickerSetThumbnail", "setGameScore", "setManagedBotAccessSettings", "setMessageReaction",
    "setMyCommands", "setMyDefaultAdministratorRights", "setMyDescription", "setMyName", "setMyProfilePhoto",
    "setMyShortDescription", "setPassportDataErrors", "setStickerEmojiList", "setStickerKeywords",
    "setStickerMaskPosition", "setStickerPositionInSet", "setStickerSetThumbnail", "setStickerSetTitle",
    "setUserEmojiStatus", "setWebhook", "stopMessageLiveLocation", "stopPoll", "transferBusinessAccountStars",
    "transferGift", "unbanChatMember", "unbanChatSenderChat", "unhideGeneralForumTopic", "unpinAllChatMessages",
    "unpinAllForumTopicMessages", "unpinAllGeneralForumTopicMessages", "unpinChatMessage", "upgradeGift",
    "uploadStickerFile", "verifyChat", "verifyUser",
];
