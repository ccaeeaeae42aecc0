// Resumable uploads by tus 1.0.0, with its extensions creation, termination, checksum and expiration.
#include "persistence/uploads.hpp"

#include <charconv>

#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "server/context.hpp"
#include "server/handlers/handlers.hpp"
#include "server/media_type.hpp"
#include "server/router.hpp"
#include "server/streams.hpp"
#include "server/vault.hpp"

namespace margelle::handlers::uploads {
namespace {

namespace db = persistence::uploads;

constexpr const char* protocol = "1.0.0";

std::int64_t header_number(const Context& c, std::string_view name) {
    const std::string_view text = c.request.header(name);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void check_protocol(const Context& c) {
    if (c.request.header("tus-resumable") != protocol) throw Error(Code::upload_protocol);
}

Response answer(int status) { return {status, "", "", {{"Tus-Resumable", protocol}}}; }

db::Shown find(Context& c, const std::string& upload) {
    auto shown = db::show(c.transaction(), upload);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

struct Checksum {
    PieceDigest digest;
    std::string expected;
};

// The header Upload-Checksum: an algorithm and a digest in Base64.
std::optional<Checksum> read_checksum(std::string_view header) {
    if (header.empty()) return std::nullopt;
    const std::size_t space = std::min(header.find(' '), header.size());
    const std::string_view algorithm = header.substr(0, space);
    if (algorithm != "sha1" && algorithm != "sha256")
        throw Error(Code::invalid, {{"header/Upload-Checksum", "is neither sha1 nor sha256"}});
    try {
        return Checksum{PieceDigest(algorithm), from_base64(header.substr(std::min(space + 1, header.size())))};
    } catch (const std::invalid_argument&) {
        throw Error(Code::invalid, {{"header/Upload-Checksum", "holds no digest in Base64"}});
    }
}

// One part of an upload. Without a checksum what arrives counts at once, whole chunks as they fill and the rest at the end; with one
// nothing counts before all of the part has proved right.
class Part : public Intake {
public:
    Part(Context& c, std::int64_t offset)
        : token_hash_(c.token_hash()),
          group_(*c.who().group),
          address_(c.request.address),
          upload_(c.path("upload")),
          key_(data_key(c.services, c.transaction())),
          checksum_(read_checksum(c.request.header("upload-checksum"))) {
        const auto begun = db::begin_part(c.transaction(), upload_, offset);
        if (!begun) throw Error(Code::wrong_offset);
        number_ = begun->number;
        length_ = begun->length;
        if (begun->digest) digest_ = RunningSha256(*begun->digest);
        if (begun->tail) waiting_ = key_.open_tail(upload_, offset, *begun->tail);
        sealed_ = offset - static_cast<std::int64_t>(waiting_.size());
    }

    void take(persistence::Connection& connection, std::string_view piece) override {
        if (received() + static_cast<std::int64_t>(piece.size()) > length_) throw Error(Code::too_large);
        if (checksum_) checksum_->digest.add(piece);
        waiting_ += piece;
        while (waiting_.size() >= chunk_size || (!waiting_.empty() && received() == length_)) {
            const std::size_t size = std::min(waiting_.size(), chunk_size);
            keep_chunk(connection, std::string_view(waiting_).substr(0, size));
            waiting_.erase(0, size);
        }
    }

    Response end(persistence::Connection& connection, bool whole) override {
        if (checksum_ && (!whole || checksum_->digest.digest() != checksum_->expected)) throw Error(Code::wrong_checksum);
        if (checksum_ || !waiting_.empty())
            in_transaction(connection, [&](persistence::Transaction& t) {
                keep(t);
                if (sealed_ == length_) finish(t);
            });
        Response response = answer(204);
        response.headers.emplace_back("Upload-Offset", std::to_string(received()));
        return response;
    }

private:
    std::int64_t received() const { return sealed_ + static_cast<std::int64_t>(waiting_.size()); }

    template <class Work>
    void in_transaction(persistence::Connection& connection, Work work) {
        persistence::Transaction t(connection, persistence::Access::write);
        pass(Gate::write, t.enter(token_hash_, group_, address_));
        work(t);
        t.commit();
    }

    void keep_chunk(persistence::Connection& connection, std::string_view chunk) {
        const std::int64_t number = sealed_ / static_cast<std::int64_t>(chunk_size),
                           after = sealed_ + static_cast<std::int64_t>(chunk.size());
        const auto media_type = number == 0 ? std::optional(media_type_of(chunk)) : std::nullopt;
        const db::Chunk sealed{number, key_.seal({group_, upload_, number_, number, after == length_}, chunk)};
        digest_.add(chunk);
        in_transaction(connection, [&](persistence::Transaction& t) {
            const auto progress =
                checksum_ ? std::nullopt : std::optional(db::Progress{after, after == length_ ? "" : digest_.state(), std::nullopt});
            if (!db::keep_part(t, upload_, number_, sealed, progress, media_type)) throw Error(Code::wrong_offset);
            if (progress && after == length_) finish(t);
        });
        sealed_ = after;
    }

    // How far it has come, with what waits for the rest of its chunk.
    void keep(persistence::Transaction& t) {
        const auto tail = waiting_.empty() ? std::nullopt : std::optional(key_.seal_tail(upload_, received(), waiting_));
        if (!db::keep_part(
                t, upload_, number_, std::nullopt, db::Progress{received(), sealed_ == length_ ? "" : digest_.state(), tail}, std::nullopt))
            throw Error(Code::wrong_offset);
    }

    void finish(persistence::Transaction& t) {
        if (!db::finish(t, upload_, number_, digest_.digest())) throw Error(Code::wrong_offset);
    }

    const std::optional<std::string> token_hash_;
    const std::string group_, address_, upload_;
    const DataKey key_;
    std::optional<Checksum> checksum_;
    RunningSha256 digest_;     // of the whole chunks
    std::string waiting_;      // less than a chunk
    std::int64_t sealed_ = 0;  // bytes in whole chunks
    std::int64_t length_ = 0;
    int number_ = 0;
};

}  // namespace

Response describe(Context&) {
    Response response = answer(204);
    response.headers.insert(
        response.headers.end(), {{"Tus-Version", protocol}, {"Tus-Extension", "creation,termination,checksum,expiration"},
                                    {"Tus-Checksum-Algorithm", "sha1,sha256"}});
    return response;
}

Response create(Context& c) {
    check_protocol(c);
    data_key(c.services, c.transaction());
    const std::string upload = new_id();
    const auto outcome = db::create(c.transaction(), upload, header_number(c, "upload-length"));
    if (outcome == db::Outcome::too_large) throw Error(Code::too_large);
    if (outcome == db::Outcome::quota_reached) throw Error(Code::quota_reached);
    Response response = answer(201);
    response.headers.insert(
        response.headers.end(), {{"Location", std::string(api_base) + "/groups/" + *c.who().group + "/uploads/" + upload},
                                    {"Upload-Expires", find(c, upload).expires_at}});
    return response;
}

Response show(Context& c) {
    const auto shown = find(c, c.path("upload"));
    Response response = json(shown.json);
    response.headers = {{"Tus-Resumable", protocol}, {"Upload-Offset", std::to_string(shown.received)},
        {"Upload-Length", std::to_string(shown.length)}, {"Upload-Expires", shown.expires_at}, {"Cache-Control", "no-store"}};
    return response;
}

Response take_part(Context& c) {
    check_protocol(c);
    find(c, c.path("upload"));
    Response response;
    response.intake = std::make_shared<Part>(c, header_number(c, "upload-offset"));
    return response;
}

Response end(Context& c) {
    check_protocol(c);
    if (!db::end(c.transaction(), c.path("upload"))) throw Error(Code::not_found);
    return answer(204);
}

}  // namespace margelle::handlers::uploads
