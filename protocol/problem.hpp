#pragma once
// What can go wrong, as one closed list, and its form on the wire (RFC 9457).
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace margelle {

enum class Code {
    malformed,              // 400
    two_credentials,        // 400: a session and an access key in one request
    unauthenticated,        // 401
    foreign_origin,         // 403
    nda_required,           // 403
    read_only,              // 403: an observer, or a suspended group
    moderators_only,        // 403
    circle_only,            // 403: a circle that the caller knows of, and does not belong to
    administrators_only,    // 403
    out_of_scope,           // 403: not among what the access key is for
    bots_only,              // 403: what a bot says of itself
    owner_only,             // 403: whoever answers for a bot
    author_only,            // 403: what another wrote can be read, not edited
    not_found,              // 404: also what must look as if it did not exist
    wrong_method,           // 405
    conflict,               // 409
    last_moderator,         // 409
    nda_changed,            // 409
    thread_closed,          // 409
    entry_waits,            // 409: the day's notice of an entry into a circle is not over
    newer_version,          // 409: somebody added a version meanwhile
    checked_out,            // 409: somebody else works on the document
    dataset_withdrawn,      // 409: a moderator took it out
    wrong_offset,           // 409: the upload goes on elsewhere
    still_running,          // 409: the first request with this Idempotency-Key
    stale,                  // 412
    upload_protocol,        // 412: another version of tus
    too_large,              // 413
    quota_reached,          // 413
    wrong_media_type,       // 415
    unsatisfiable_range,    // 416
    invalid,                // 422
    key_reused,             // 422: the Idempotency-Key came with another body
    wrong_credentials,      // 422 at the sign-in form: nobody is signed in, and nobody becomes so
    upgrade_required,       // 426
    precondition_required,  // 428
    rate_limited,           // 429
    wrong_checksum,         // 460, as tus has it
    fault,                  // 500
    busy,                   // 503
    documents_closed,       // 503: the server was given no master key
};

enum class Language { french, english };

struct FieldError {
    std::string pointer;    // JSON Pointer (RFC 6901) into the body, or "query/limit", "header/If-Match"
    std::string detail;
};

// Thrown by whoever finds out; caught in one place (App::serve).
class Error : public std::exception {
public:
    explicit Error(Code code, std::vector<FieldError> fields = {}) : code(code), fields(std::move(fields)) {}
    const char* what() const noexcept override;

    Code code;
    std::vector<FieldError> fields;
    std::optional<int> nda_version;         // with nda_required
    std::optional<int> retry_after;         // seconds, with rate_limited and busy
    std::optional<std::string> opens_at;    // with entry_waits
    std::optional<std::int64_t> content_size;  // with unsatisfiable_range
    std::optional<std::string> meanwhile;      // with newer_version: the versions that were added, a JSON array
};

int status_of(Code code) noexcept;

// The body of an application/problem+json answer. `instance` is the request's id.
std::string problem_json(const Error& error, Language language, std::string_view instance);

// The first of French and English that an Accept-Language header (RFC 9110 §12.5.4) names; French when none.
Language language_of(std::string_view accept_language) noexcept;

}  // namespace margelle
