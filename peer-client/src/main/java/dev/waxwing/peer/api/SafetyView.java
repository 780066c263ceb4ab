package dev.waxwing.peer.api;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Trust;

/**
 * What two people compare.
 *
 * @param user the other person
 * @param digits 60 digits, the same at both
 * @param qr what a QR code of it holds
 * @param trust how far their key is known
 */
public record SafetyView(UserId user, String digits, String qr, Trust trust) {}
