#include "persistence/documents.hpp"

#include <nlohmann/json.hpp>

#include "persistence/circles.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_text.hpp"
#include "server/byte_range.hpp"
#include "server/context.hpp"
#include "server/cursor.hpp"
#include "server/file_name.hpp"
#include "server/handlers/feed.hpp"
#include "server/handlers/handlers.hpp"
#include "server/streams.hpp"
#include "server/vault.hpp"

namespace margelle::handlers::documents {
namespace {

namespace db = persistence::documents;

db::Shown find(Context& c, const std::string& document) {
    auto shown = db::show(c.transaction(), document);
    if (!shown) throw Error(Code::not_found);
    return *shown;
}

// One that can still be changed.
db::Shown find_whole(Context& c) {
    auto shown = find(c, c.path("document"));
    if (shown.deleted) throw Error(Code::not_found);
    return shown;
}

Response answer(Context& c, const std::string& document, int status = 200) {
    const auto shown = find(c, document);
    return json_with_etag(shown.json, shown.revision, status);
}

void check_name(const std::string& name) {
    if (const auto fault = fault_in_file_name(name)) throw Error(Code::invalid, {{"/name", *fault}});
}

persistence::uploads::Content uploaded(Context& c) {
    auto content = persistence::uploads::content(c.transaction(), c.text("upload_id"));
    if (!content) throw Error(Code::invalid, {{"/upload_id", "is no upload of yours that is whole"}});
    return *content;
}

VersionFacts facts_of(
    const std::string& document, int number, const persistence::uploads::Content& content, const std::string& sha256_hex) {
    return {document, number, content.blob, content.size, sha256_hex};
}

// Appends a version; false when there is a newer one than the one before it.
bool add(Context& c, const std::string& document, const std::string& feed, int number, const persistence::uploads::Content& content,
    std::optional<int> restored_from) {
    const std::string hex = to_hex(content.sha256),
                      seal = data_key(c.services, c.transaction()).seal(facts_of(document, number, content, hex));
    if (!db::add_version(c.transaction(), document, feed, {number, content, c.maybe_text("note").value_or(""), restored_from, seal}))
        return false;
    c.touch(feed);
    return true;
}

// On the version that the body names as its base, which has to be the newest still.
Response add_on_base(Context& c, const db::Shown& before, const persistence::uploads::Content& content, std::optional<int> restored_from) {
    const std::string& document = c.path("document");
    const int base = c.body().at("base").get<int>();
    if (before.checked_out_by && before.checked_out_by != c.who().member) throw Error(Code::checked_out);
    if (base != before.latest || !add(c, document, before.feed, base + 1, content, restored_from)) {
        Error error(Code::newer_version);
        error.meanwhile = db::versions(c.transaction(), document, base);
        throw error;
    }
    c.created = document;
    return created(c, document);
}

db::Version find_version(Context& c) {
    auto version = db::version(c.transaction(), c.path("document"), std::stoi(c.path("version")));
    if (!version) throw Error(Code::not_found);
    return *version;
}

// Some bytes of a version's content, chunk by chunk.
class Content : public Source {
public:
    Content(Context& c, db::Version version, DataKey key, ByteRange range)
        : token_hash_(c.token_hash()),
          group_(*c.who().group),
          address_(c.request.address),
          as_(c.request.header("read-as")),
          document_(c.path("document")),
          number_(std::stoi(c.path("version"))),
          version_(std::move(version)),
          key_(std::move(key)),
          range_(range) {}

    std::int64_t size() const override { return range_.last - range_.first + 1; }

    std::string next(persistence::Connection& connection) override {
        if (range_.first + given_ > range_.last) return "";
        constexpr auto step = static_cast<std::int64_t>(chunk_size);
        const std::int64_t at = range_.first + given_, chunk = at / step, begin = chunk * step,
                           end = std::min(begin + step, version_.content.size);
        const auto sealed = read(connection, chunk);
        const std::string plain =
            key_.open({group_, version_.content.blob, sealed.part, chunk, end == version_.content.size}, sealed.sealed);
        if (plain.size() != static_cast<std::size_t>(end - begin)) throw BrokenSeal("a chunk of another size");
        std::string piece =
            plain.substr(static_cast<std::size_t>(at - begin), static_cast<std::size_t>(std::min(range_.last + 1, end) - at));
        given_ += static_cast<std::int64_t>(piece.size());
        return piece;
    }

private:
    db::Chunk read(persistence::Connection& connection, std::int64_t chunk) const {
        persistence::Transaction t(connection, persistence::Access::read);
        pass(Gate::content, t.enter(token_hash_, group_, address_, as_.empty() ? std::nullopt : std::optional(as_)));
        auto sealed = db::chunk(t, document_, number_, chunk);
        if (!sealed) throw Error(Code::not_found);
        return *sealed;
    }

    const std::optional<std::string> token_hash_;
    const std::string group_, address_, as_, document_;
    const int number_;
    const db::Version version_;
    const DataKey key_;
    const ByteRange range_;
    std::int64_t given_ = 0;
};

}  // namespace

Response list(Context& c) {
    std::optional<db::Position> after;
    if (const auto cursor = c.query("cursor")) {
        const Place place = read_cursor(*cursor);
        after = db::Position{place.at, place.id};
    }
    const auto page = db::list(c.transaction(), {c.query("q"), c.query("author"), c.query("type"), c.query("tag")}, after, c.limit());
    return json(json_list(page.items, page.next ? json_string(write_cursor({page.next->changed_at, page.next->document})) : "null"));
}

Response create(Context& c) {
    check_name(c.text("name"));
    const auto content = uploaded(c);
    const std::string feed = chosen_feed(c);
    c.created = new_id();
    db::create(c.transaction(), c.created, feed, c.text("name"), c.texts("tags"));
    add(c, c.created, feed, 1, content, std::nullopt);
    persistence::uploads::end(c.transaction(), c.text("upload_id"));
    return created(c, c.created);
}

Response created(Context& c, const std::string& document) { return answer(c, document, 201); }

Response show(Context& c) { return answer(c, c.path("document")); }

Response update(Context& c) {
    const auto before = find_whole(c);
    if (const auto name = c.maybe_text("name")) check_name(*name);
    if (before.author != *c.who().member && c.who().role != "moderator") throw Error(Code::author_only);
    const auto tags = c.body().contains("tags") ? std::optional(c.texts("tags")) : std::nullopt;
    if (!db::update(c.transaction(), c.path("document"), before.feed, c.if_match(), c.maybe_text("name"), tags)) throw Error(Code::stale);
    c.touch(before.feed);
    return answer(c, c.path("document"));
}

Response remove(Context& c) {
    const auto before = find_whole(c);
    if (before.author != *c.who().member && c.who().role != "moderator") throw Error(Code::author_only);
    db::remove(c.transaction(), c.path("document"), before.feed);
    c.touch(before.feed);
    return no_content();
}

Response label(Context& c) {
    const auto before = find_whole(c);
    const std::string feed = chosen_feed(c);
    if (feed != before.feed) {
        db::relabel(c.transaction(), c.path("document"), feed, c.text("reason"));
        c.touch(before.feed);
        c.touch(feed);
    }
    return answer(c, c.path("document"));
}

Response check_out(Context& c) {
    const auto before = find_whole(c);
    if (before.checked_out_by && before.checked_out_by != c.who().member) throw Error(Code::checked_out);
    db::check_out(c.transaction(), c.path("document"), before.feed, c.body().at("hours").get<int>());
    c.touch(before.feed);
    return answer(c, c.path("document"));
}

Response give_back(Context& c) {
    const auto before = find_whole(c);
    if (before.checked_out_by && before.checked_out_by != c.who().member && c.who().role != "moderator") throw Error(Code::checked_out);
    db::check_out(c.transaction(), c.path("document"), before.feed, 0);
    c.touch(before.feed);
    return no_content();
}

Response versions(Context& c) {
    find(c, c.path("document"));
    return json(json_list(db::versions(c.transaction(), c.path("document"))));
}

Response add_version(Context& c) {
    const auto before = find_whole(c);
    Response response = add_on_base(c, before, uploaded(c), std::nullopt);
    persistence::uploads::end(c.transaction(), c.text("upload_id"));
    return response;
}

Response restore(Context& c) {
    const auto before = find_whole(c);
    return add_on_base(c, before, find_version(c).content, std::stoi(c.path("version")));
}

Response content(Context& c) {
    const auto document = find_whole(c);
    const auto version = find_version(c);
    const int number = std::stoi(c.path("version"));
    const std::string hex = to_hex(version.content.sha256), etag = '"' + hex + '"';
    DataKey key = data_key(c.services, c.transaction());
    if (!key.holds(facts_of(c.path("document"), number, version.content, hex), version.seal))
        throw BrokenSeal("a version that was not sealed here");

    const std::string_view if_range = c.request.header("if-range");
    const auto range = if_range.empty() || if_range == etag ? read_range(c.request.header("range"), version.content.size) : std::nullopt;
    const ByteRange sent = range.value_or(ByteRange{0, version.content.size - 1});
    Response response{range ? 206 : 200, version.content.media_type, ""};
    response.headers = {{"Content-Disposition", attachment(document.name)}, {"Content-Security-Policy", "sandbox; default-src 'none'"},
        {"ETag", etag}, {"Accept-Ranges", "bytes"}};
    if (range)
        response.headers.emplace_back("Content-Range",
            "bytes " + std::to_string(sent.first) + '-' + std::to_string(sent.last) + '/' + std::to_string(version.content.size));
    if (!c.request.head) db::record_download(c.transaction(), c.path("document"), number, sent.first > 0);
    response.source = std::make_shared<Content>(c, version, std::move(key), sent);
    return response;
}

}  // namespace margelle::handlers::documents
