#include "protocol/problem.hpp"

#include <array>

#include "protocol/json_text.hpp"

namespace margelle {
namespace {

struct Row {
    Code code;
    int status;
    const char* slug;
    const char* french;
    const char* english;
};

constexpr auto rows = std::to_array<Row>({
    {Code::malformed, 400, "malformed", "La demande n’est pas lisible.", "The request cannot be read."},
    {Code::two_credentials, 400, "two-credentials", "Une demande porte soit une session, soit une clé d’accès, jamais les deux.", "A request carries either a session or an access key, never both."},
    {Code::unauthenticated, 401, "unauthenticated", "Connectez-vous pour continuer.", "Sign in to continue."},
    {Code::foreign_origin, 403, "foreign-origin", "La demande vient d’un autre site.", "The request comes from another site."},
    {Code::nda_required, 403, "nda-required", "L’accord de confidentialité de ce groupe est à lire et à accepter.", "This group’s confidentiality agreement has to be read and accepted."},
    {Code::read_only, 403, "read-only", "Vous pouvez lire ce groupe, pas y écrire.", "You can read this group, not write in it."},
    {Code::moderators_only, 403, "moderators-only", "Seule l’animation du groupe peut faire cela.", "Only the group’s moderators can do this."},
    {Code::circle_only, 403, "circle-only", "Seules les personnes de ce cercle peuvent faire cela.", "Only those who belong to this circle can do this."},
    {Code::administrators_only, 403, "administrators-only", "Seule l’administration du site peut faire cela.", "Only the site’s administrators can do this."},
    {Code::out_of_scope, 403, "out-of-scope", "Cette clé d’accès ne permet pas cela.", "This access key does not allow this."},
    {Code::bots_only, 403, "bots-only", "Seul un robot peut faire cela, avec sa clé d’accès.", "Only a bot can do this, with its access key."},
    {Code::owner_only, 403, "owner-only", "Seule la personne responsable de ce robot peut faire cela.", "Only the person responsible for this bot can do this."},
    {Code::author_only, 403, "author-only", "Seule la personne qui a écrit cela peut le modifier.", "Only the person who wrote this can edit it."},
    {Code::not_found, 404, "not-found", "Cette page n’existe pas, ou ne vous est pas ouverte.", "This page does not exist, or is not open to you."},
    {Code::wrong_method, 405, "wrong-method", "Cette adresse ne connaît pas cette opération.", "This address does not know this operation."},
    {Code::conflict, 409, "conflict", "Ce n’est plus possible : la situation a changé.", "This is no longer possible: things have changed."},
    {Code::last_moderator, 409, "last-moderator", "Un groupe garde toujours au moins une personne pour l’animer.", "A group always keeps at least one moderator."},
    {Code::nda_changed, 409, "nda-changed", "L’accord a changé pendant votre lecture. Relisez-le avant d’accepter.", "The agreement changed while you were reading. Read it again before accepting."},
    {Code::thread_closed, 409, "thread-closed", "Cette discussion est close.", "This discussion is closed."},
    {Code::entry_waits, 409, "entry-waits", "Votre entrée dans ce cercle est annoncée ; elle s’ouvrira au bout de vingt-quatre heures.", "Your entry into this circle has been announced; it opens after twenty-four hours."},
    {Code::newer_version, 409, "newer-version", "Une version plus récente est arrivée entre-temps. Regardez-la avant d’ajouter la vôtre.", "A newer version arrived meanwhile. Look at it before adding yours."},
    {Code::checked_out, 409, "checked-out", "Quelqu’un travaille sur ce document en ce moment.", "Somebody is working on this document at the moment."},
    {Code::dataset_withdrawn, 409, "dataset-withdrawn", "L’animation du groupe a retiré ce jeu de données.", "The group’s moderators have taken this dataset out."},
    {Code::wrong_offset, 409, "wrong-offset", "L’envoi reprend à un autre endroit du fichier.", "The upload goes on at another place of the file."},
    {Code::still_running, 409, "still-running", "La même demande est en cours.", "The same request is still running."},
    {Code::stale, 412, "stale", "Quelqu’un a modifié cela entre-temps. Rechargez avant de modifier.", "Somebody has changed this meanwhile. Reload before editing."},
    {Code::upload_protocol, 412, "upload-protocol", "Cette version du protocole d’envoi n’est pas connue ici.", "This version of the upload protocol is not known here."},
    {Code::too_large, 413, "too-large", "C’est trop volumineux.", "This is too large."},
    {Code::quota_reached, 413, "quota-reached", "Ce groupe n’a plus assez de place pour cela.", "This group has no room left for this."},
    {Code::wrong_media_type, 415, "wrong-media-type", "Ce type de contenu n’est pas accepté ici.", "This type of content is not accepted here."},
    {Code::unsatisfiable_range, 416, "unsatisfiable-range", "Le fichier n’a pas cette partie.", "The file has no such part."},
    {Code::invalid, 422, "invalid", "Certains champs sont à corriger.", "Some fields need correcting."},
    {Code::key_reused, 422, "key-reused", "Cette clé a déjà servi pour une autre demande.", "This key has already served for another request."},
    {Code::wrong_credentials, 422, "wrong-credentials", "L’adresse ou le mot de passe ne convient pas, ou le lien n’est plus valable.", "The address or the password does not fit, or the link is no longer valid."},
    {Code::upgrade_required, 426, "upgrade-required", "Cette adresse attend une connexion WebSocket.", "This address expects a WebSocket connection."},
    {Code::precondition_required, 428, "precondition-required", "L’en-tête If-Match manque.", "The If-Match header is missing."},
    {Code::rate_limited, 429, "rate-limited", "Trop d’essais. Réessayez un peu plus tard.", "Too many attempts. Try again a little later."},
    {Code::wrong_checksum, 460, "wrong-checksum", "Le fichier a été altéré pendant l’envoi ; rien n’en a été gardé. Renvoyez-le.", "The file was damaged on its way; nothing of it was kept. Send it again."},
    {Code::fault, 500, "fault", "Une erreur est survenue de notre côté. Rien n’a été enregistré.", "Something went wrong on our side. Nothing was saved."},
    {Code::busy, 503, "busy", "Le serveur est très occupé. Réessayez dans un instant.", "The server is very busy. Try again in a moment."},
    {Code::documents_closed, 503, "documents-closed", "Ce serveur ne peut pas garder de documents : il lui manque sa clé.", "This server cannot keep documents: its key is missing."},
});

const Row& row_of(Code code) noexcept {
    for (const Row& row : rows)
        if (row.code == code) return row;
    return row_of(Code::fault);
}

}  // namespace

const char* Error::what() const noexcept { return row_of(code).slug; }

int status_of(Code code) noexcept { return row_of(code).status; }

std::string problem_json(const Error& error, Language language, std::string_view instance) {
    const Row& row = row_of(error.code);
    std::string out = R"({"type":"/problems/)";
    out.append(row.slug).append(R"(","title":)");
    append_json_string(out, language == Language::french ? row.french : row.english);
    out.append(R"(,"status":)").append(std::to_string(row.status)).append(R"(,"instance":)");
    append_json_string(out, instance);
    if (error.code == Code::nda_required)
        out.append(R"(,"nda_version":)").append(error.nda_version ? std::to_string(*error.nda_version) : "null");
    if (error.opens_at) {
        out += R"(,"opens_at":)";
        append_json_string(out, *error.opens_at);
    }
    if (error.meanwhile) out.append(R"(,"meanwhile":)").append(*error.meanwhile);
    if (!error.fields.empty()) {
        out += R"(,"errors":[)";
        for (const FieldError& field : error.fields) {
            if (out.back() != '[') out += ',';
            out += R"({"pointer":)";
            append_json_string(out, field.pointer);
            out += R"(,"detail":)";
            append_json_string(out, field.detail);
            out += '}';
        }
        out += ']';
    }
    out += '}';
    return out;
}

Language language_of(std::string_view accept_language) noexcept {
    for (std::size_t at = 0; at < accept_language.size();) {
        const std::size_t comma = std::min(accept_language.find(',', at), accept_language.size());
        std::string_view tag = accept_language.substr(at, comma - at);
        while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
        const std::size_t end = std::min(tag.find_first_of("-; "), tag.size());
        const auto is = [&](char first, char second) { return end == 2 && (tag[0] | 0x20) == first && (tag[1] | 0x20) == second; };
        if (is('f', 'r')) return Language::french;
        if (is('e', 'n')) return Language::english;
        at = comma + 1;
    }
    return Language::french;
}

}  // namespace margelle
