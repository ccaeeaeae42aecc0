// Uploads, documents and their versions.
#include <boost/test/unit_test.hpp>
#include <set>

#include "persistence/outbox.hpp"
#include "protocol/digest.hpp"
#include "protocol/ids.hpp"
#include "server/context.hpp"
#include "server/streams.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Headers tus{{"tus-resumable", "1.0.0"}};

struct World {
    explicit World(std::function<void(Config&)> adjust = {}) : instance(adjust) {}
    Instance instance;
    Cast cast{instance};
    std::string documents = cast.path + "/documents";
    Client& member = cast.member;

    Answer begin(Client& who, std::int64_t length) {
        return who.post(cast.path + "/uploads", nullptr, {{"tus-resumable", "1.0.0"}, {"upload-length", std::to_string(length)}});
    }
    // Where an upload of the member's goes on.
    std::string begun(std::int64_t length) { return begin(member, length).headers.at("Location").substr(std::string("/api/v1").size()); }
    std::string count(const std::string& table) {
        return instance.sql("SELECT count(*) FROM margelle." + table + " WHERE group_id = '" + cast.group + "'");
    }
    std::string content(const std::string& document, int version = 1) {
        return member.get(documents + "/" + document + "/versions/" + std::to_string(version) + "/content").body;
    }
    Answer add(Client& who, const std::string& document, const std::string& content, int base) {
        return who.post(
            documents + "/" + document + "/versions", {{"upload_id", cast.upload(who, content)}, {"base", base}, {"note", "Suite"}});
    }
};

// Three chunks and a bit, no two alike.
std::string long_content() {
    std::string content;
    for (int i = 0; content.size() < 3 * chunk_size + 5000; ++i) content += "Ligne " + std::to_string(i) + " du plan.\n";
    return content;
}

std::string sha256_of(const std::string& content) { return to_hex(sha256(content)); }

std::string last_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The pieces of an answer, one at a time, as a connection asks for them.
std::shared_ptr<Source> download(World& w, Client& who, const std::string& path) {
    Request request;
    request.inputs.headers = {{"cookie", who.cookie}};
    request.id = new_id();
    read_target("/api/v1" + path, request);
    return w.instance.app.serve(request, w.instance.connection).source;
}

std::shared_ptr<Intake> part(World& w, Client& who, const std::string& path, std::int64_t offset) {
    Request request;
    request.verb = Verb::patch;
    request.inputs.headers = {{"cookie", who.cookie}, {"origin", w.instance.config.public_url}, {"tus-resumable", "1.0.0"},
        {"upload-offset", std::to_string(offset)}, {"content-type", "application/offset+octet-stream"}};
    request.id = new_id();
    read_target("/api/v1" + path, request);
    return w.instance.app.serve(request, w.instance.connection).intake;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(what_was_uploaded_in_pieces_is_downloaded_whole) {
    World w;
    const std::string content = long_content(), at = w.begun(static_cast<std::int64_t>(content.size()));
    std::size_t sent = 0;
    for (const std::size_t size : {std::size_t{1000}, chunk_size, std::size_t{7}, 2 * chunk_size, content.size()}) {
        const std::string piece = content.substr(sent, size);
        const Answer taken = w.member.send_part(at, static_cast<std::int64_t>(sent), piece);
        BOOST_REQUIRE_EQUAL(taken.status, 204);
        sent += piece.size();
        BOOST_TEST(taken.headers.at("Upload-Offset") == std::to_string(sent));
        BOOST_TEST(w.member.get(at).headers.at("Upload-Offset") == std::to_string(sent));
    }
    const Json upload = w.member.get(at).json();
    BOOST_TEST(upload["whole"] == true);
    BOOST_TEST(upload["sha256"] == sha256_of(content));
    const Answer made =
        w.member.post(w.documents, {{"upload_id", last_of(at)}, {"name", "Plan.txt"}, {"note", "Premier jet"}, {"tags", {"plan"}}});
    BOOST_REQUIRE_EQUAL(made.status, 201);
    const Json document = made.json();
    BOOST_TEST(document["sha256"] == sha256_of(content));
    BOOST_TEST(document["size"] == content.size());
    BOOST_TEST(document["media_type"] == "text/plain");
    BOOST_TEST(document["version"] == 1);
    BOOST_TEST((w.content(document["id"]) == content));
    BOOST_TEST(w.count("uploads") == "0");
}

BOOST_AUTO_TEST_CASE(a_download_says_how_it_is_to_be_saved_and_runs_nowhere) {
    World w;
    const std::string id = w.cast.document(w.member, "Étude \"1\".html", "<!DOCTYPE html><script>alert(1)</script>");
    const Answer got = w.member.get(w.documents + "/" + id + "/versions/1/content");
    BOOST_TEST(
        got.headers.at("Content-Disposition") == "attachment; filename=\"_tude _1_.html\"; filename*=UTF-8''%C3%89tude%20%221%22.html");
    BOOST_TEST(got.headers.at("Content-Security-Policy") == "sandbox; default-src 'none'");
    BOOST_TEST(got.headers.at("ETag") == '"' + sha256_of("<!DOCTYPE html><script>alert(1)</script>") + '"');
}

BOOST_AUTO_TEST_CASE(ranges_are_answered_across_chunks) {
    World w;
    const std::string content = long_content(),
                      at = w.documents + "/" + w.cast.document(w.member, "Plan.txt", content) + "/versions/1/content";
    const Answer part = w.member.get(at, {{"range", "bytes=262100-262200"}});
    BOOST_TEST(part.status == 206);
    BOOST_TEST((part.body == content.substr(262100, 101)));
    BOOST_TEST(part.headers.at("Content-Range") == "bytes 262100-262200/" + std::to_string(content.size()));
    BOOST_TEST((w.member.get(at, {{"range", "bytes=-10"}}).body == content.substr(content.size() - 10)));
    BOOST_TEST(w.member.get(at, {{"range", "bytes=0-9"}, {"if-range", part.etag()}}).status == 206);
    BOOST_TEST(w.member.get(at, {{"range", "bytes=0-9"}, {"if-range", "\"other\""}}).status == 200);
    const Answer beyond = w.member.get(at, {{"range", "bytes=99999999-"}});
    BOOST_TEST(beyond.problem() == "unsatisfiable-range");
    BOOST_TEST(beyond.headers.at("Content-Range") == "bytes */" + std::to_string(content.size()));
}

BOOST_AUTO_TEST_CASE(the_same_content_is_kept_once_and_goes_with_the_last_that_holds_it) {
    World w;
    const std::string first = w.cast.document(w.member, "Un.txt", "Le plan"),
                      second = w.cast.document(w.cast.moderator, "Deux.txt", "Le plan");
    BOOST_TEST(w.count("blobs") == "1");
    BOOST_TEST(w.count("blob_chunks") == "1");
    BOOST_TEST(w.member.remove(w.documents + "/" + first).status == 204);
    BOOST_TEST(w.content(second) == "Le plan");
    BOOST_TEST(w.cast.moderator.remove(w.documents + "/" + second).status == 204);
    BOOST_TEST(w.count("blobs") == "0");
    BOOST_TEST(w.count("blob_chunks") == "0");
    const Json tombstone = w.member.get(w.documents + "/" + second).json();
    BOOST_TEST(tombstone["deleted"] == true);
    BOOST_TEST(tombstone["name"] == "");
    BOOST_TEST(w.member.get(w.documents + "/" + second + "/versions/1/content").status == 404);
    BOOST_TEST(w.member.get(w.documents).items().empty());
}

BOOST_AUTO_TEST_CASE(a_version_on_an_old_one_is_refused_with_what_came_meanwhile) {
    World w;
    const std::string id = w.cast.document(w.member, "Plan.txt", "Un");
    BOOST_TEST(w.add(w.cast.moderator, id, "Deux", 1).status == 201);
    const Answer late = w.add(w.member, id, "Trois", 1);
    BOOST_TEST(late.problem() == "newer-version");
    BOOST_TEST(late.json()["meanwhile"].size() == 1u);
    BOOST_TEST(late.json()["meanwhile"][0]["author"]["name"] == "Mona Moderator");
    BOOST_TEST(w.add(w.member, id, "Trois", 2).status == 201);
    const Answer restored = w.member.post(w.documents + "/" + id + "/versions/1/restoration", {{"base", 3}});
    BOOST_TEST(restored.json()["version"] == 4);
    BOOST_TEST(w.content(id, 4) == "Un");
    const Json versions = w.member.get(w.documents + "/" + id + "/versions").items();
    BOOST_TEST(versions.size() == 4u);
    BOOST_TEST(versions[0]["restored_from"] == 1);
    BOOST_TEST(w.count("blobs") == "3");
}

BOOST_AUTO_TEST_CASE(while_somebody_works_on_a_document_nobody_else_adds_a_version) {
    World w;
    const std::string id = w.cast.document(w.member, "Plan.txt", "Un"), at = w.documents + "/" + id + "/check-out";
    BOOST_TEST(w.member.put(at, {{"hours", 2}}).json()["checked_out_by"]["name"] == "Mehdi Member");
    BOOST_TEST(w.cast.moderator.put(at, {{"hours", 2}}).problem() == "checked-out");
    BOOST_TEST(w.add(w.cast.moderator, id, "Deux", 1).problem() == "checked-out");
    BOOST_TEST(w.add(w.member, id, "Deux", 1).status == 201);
    w.instance.sql("UPDATE margelle.documents SET checked_out_until = now()");
    BOOST_TEST(w.add(w.cast.moderator, id, "Trois", 2).status == 201);
}

BOOST_AUTO_TEST_CASE(documents_are_found_by_name_author_type_and_tag_page_by_page) {
    World w;
    w.member.post(w.documents, {{"upload_id", w.cast.upload(w.member, "%PDF-1.7\n")}, {"name", "Étude.pdf"}, {"tags", {"étude"}}});
    for (int i = 0; i < 3; ++i) w.cast.document(w.cast.moderator, "Note " + std::to_string(i) + ".txt", "Note " + std::to_string(i));
    const auto found = [&](const std::string& query) { return w.member.get(w.documents + query).items().size(); };
    BOOST_TEST(found("") == 4u);
    BOOST_TEST(found("?q=%C3%89TUDE") == 1u);
    BOOST_TEST(found("?q=%25") == 0u);
    BOOST_TEST(found("?author=" + w.member.member) == 1u);
    BOOST_TEST(found("?type=text/") == 3u);
    BOOST_TEST(found("?tag=%C3%A9tude") == 1u);
    std::set<std::string> seen;
    for (std::string cursor = "";;) {
        const Json page = w.member.get(w.documents + "?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
        for (const Json& one : page["items"]) seen.insert(one["id"]);
        if (page["next_cursor"].is_null()) break;
        cursor = page["next_cursor"];
    }
    BOOST_TEST(seen.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_document_moves_to_a_circle_with_all_that_belongs_to_it) {
    World w;
    const std::string circle = w.cast.circle_of({&w.cast.moderator}), id = w.cast.document(w.member, "Plan.txt", "Le plan"),
                      at = w.documents + "/" + id;
    BOOST_TEST(w.cast.moderator.put(at + "/label", {{"circle", circle}, {"reason", "Chiffres confidentiels"}}).json()["label"] == "circle");
    for (const char* what : {"", "/versions", "/versions/1/content"}) {
        BOOST_TEST(w.member.get(at + what).status == 404);
        BOOST_TEST(w.cast.moderator.get(at + what).status == 200);
    }
    for (const Json& event : w.member.get(w.cast.path + "/events").items())
        BOOST_TEST((event["kind"] == "document.withdrawn" || !event["data"].contains("document_id")), event.dump());
    BOOST_TEST(w.cast.moderator.get(w.cast.path + "/events?circle=" + circle).items().back()["kind"] == "document.arrived");
}

BOOST_AUTO_TEST_CASE(creation_label_deletion_and_each_download_are_on_record) {
    World w;
    const std::string id = w.cast.document(w.member, "Plan.txt", long_content()), at = w.documents + "/" + id;
    const auto recorded = [&](const std::string& kind) {
        return w.instance.sql("SELECT count(*) FROM margelle.audit_entries WHERE kind = '" + kind + "' AND object_id = '" + id + "'");
    };
    BOOST_TEST(recorded("document.created") == "1");
    // On record before the first byte, read or not.
    BOOST_TEST(!!download(w, w.cast.observer, at + "/versions/1/content"));
    BOOST_TEST(recorded("document.downloaded") == "1");
    w.cast.observer.get(at + "/versions/1/content", {{"range", "bytes=300000-"}});
    BOOST_TEST(recorded("document.downloaded") == "1");  // goes on
    w.cast.observer.get(at + "/versions/1/content");
    w.member.get(at + "/versions/1/content", {{"range", "bytes=300000-"}});
    BOOST_TEST(recorded("document.downloaded") == "3");
    w.cast.outsider.get(at + "/versions/1/content");
    w.instance.settle_audit();
    BOOST_TEST(recorded("access.refused") == "1");
    w.member.remove(at);
    BOOST_TEST(recorded("document.deleted") == "1");
}

BOOST_AUTO_TEST_CASE(the_log_tells_of_documents_by_ids_alone) {
    World w;
    const std::string id = w.cast.document(w.member, "Plan secret.txt", "Un");
    w.add(w.member, id, "Deux", 1);
    w.member.remove(w.documents + "/" + id);
    const Answer events = w.member.get(w.cast.path + "/events");
    std::string kinds;
    for (const Json& event : events.items())
        if (event["data"].contains("document_id")) kinds += event["kind"].get<std::string>() + " ";
    BOOST_TEST(kinds == "document.created document.version_added document.deleted ");
    BOOST_TEST(events.body.find("secret") == std::string::npos);
}

// ---- bad input ---------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(another_protocol_is_refused_and_the_right_one_named) {
    World w;
    const Answer refused = w.member.post(w.cast.path + "/uploads", nullptr, {{"upload-length", "3"}});
    BOOST_TEST(refused.problem() == "upload-protocol");
    BOOST_TEST(refused.headers.at("Tus-Version") == "1.0.0");
    BOOST_TEST(w.cast.anonymous.send(Verb::options, w.cast.path + "/uploads").headers.at("Tus-Extension") ==
               "creation,termination,checksum,expiration");
}

BOOST_AUTO_TEST_CASE(nothing_nothing_much_and_too_much_are_refused_before_the_first_byte) {
    World w;
    BOOST_TEST(w.begin(w.member, 0).status == 422);
    BOOST_TEST(w.begin(w.member, -1).status == 422);
    BOOST_TEST(w.begin(w.member, 1073741825).problem() == "too-large");
    w.instance.sql("UPDATE margelle.groups SET file_quota = 10");
    BOOST_TEST(w.begin(w.member, 6).status == 201);
    BOOST_TEST(w.begin(w.member, 6).problem() == "quota-reached");  // what is under way counts
}

BOOST_AUTO_TEST_CASE(the_room_that_is_left_does_not_tell_of_what_a_circle_holds) {
    World w;
    const std::string circle = w.cast.circle_of({&w.cast.moderator});
    w.cast.document(w.cast.moderator, "Budget.txt", "Le budget", circle);
    w.instance.sql("UPDATE margelle.groups SET file_quota = 10");
    BOOST_TEST(w.begin(w.member, 9).problem() == "quota-reached");
    w.instance.sql("UPDATE margelle.groups SET file_quota = 18");
    w.cast.document(w.member, "Budget.txt", "Le budget");
    BOOST_TEST(w.begin(w.member, 1).problem() == "quota-reached", "the same content took no room");
}

BOOST_AUTO_TEST_CASE(a_part_at_another_offset_is_refused_and_so_is_more_than_was_announced) {
    World w;
    const std::string at = w.begun(10);
    BOOST_TEST(w.member.send_part(at, 3, "abc").problem() == "wrong-offset");
    BOOST_TEST(w.member.send_part(at, 0, "abcdefghijk").problem() == "too-large");
    BOOST_TEST(w.member.get(at).json()["offset"] == 0);
    BOOST_TEST(w.member.send_part(at, 0, "abc").status == 204);
    BOOST_TEST(w.member.send_part(at, 0, "abc").problem() == "wrong-offset");
    BOOST_TEST(w.member.send_part(at, 3, "x", {{"content-type", "text/plain"}}).status == 415);
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_no_document) {
    World w;
    const std::string at = w.begun(10);
    w.member.send_part(at, 0, "abc");
    const Answer refused = w.member.post(w.documents, {{"upload_id", last_of(at)}, {"name", "Plan.txt"}});
    BOOST_TEST(refused.status == 422);
    BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/upload_id");
    BOOST_TEST(w.count("documents") == "0");
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_leaves_nothing_behind) {
    World w;
    const std::string content = long_content(), at = w.begun(static_cast<std::int64_t>(content.size()));
    const Headers wrong{{"upload-checksum", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00="}};
    BOOST_TEST(w.member.send_part(at, 0, content, wrong).status == 460);
    BOOST_TEST(w.member.get(at).json()["offset"] == 0);
    BOOST_TEST(w.member.send_part(at, 0, content, {{"upload-checksum", "md5 qvTGHdzF6KLavt4PO0gs2a6pQ00="}}).status == 422);
    BOOST_TEST(w.member.send_part(at, 0, content, {{"upload-checksum", "sha1 not*base64"}}).status == 422);
    const std::string first = content.substr(0, 300000);
    BOOST_TEST(w.member.send_part(at, 0, first).status == 204);
    BOOST_TEST(w.member.send_part(at, 300000, content.substr(300000), wrong).status == 460);
    BOOST_TEST(w.member.get(at).json()["offset"] == 300000);
    BOOST_TEST(w.member.send_part(at, 300000, content.substr(300000)).status == 204);
    BOOST_TEST(w.member.get(at).json()["sha256"] == sha256_of(content));
}

BOOST_AUTO_TEST_CASE(a_right_checksum_counts) {
    World w;
    const std::string at = w.begun(3);
    BOOST_TEST(w.member.send_part(at, 0, "abc", {{"upload-checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}}).status == 204);
    BOOST_TEST(w.member.get(at).json()["whole"] == true);
}

BOOST_AUTO_TEST_CASE(names_with_paths_or_control_characters_are_refused) {
    World w;
    const std::string upload = w.cast.upload(w.member, "abc");
    for (const char* name : {"../plan.txt", "a\\b", "a\r\nb",
             "facture\xe2\x80\xae"
             "fdp.exe",
             ".."}) {
        const Answer refused = w.member.post(w.documents, {{"upload_id", upload}, {"name", name}});
        BOOST_TEST(refused.status == 422, name);
        BOOST_TEST(refused.json()["errors"][0]["pointer"] == "/name");
    }
    BOOST_TEST(w.count("documents") == "0");
}

BOOST_AUTO_TEST_CASE(of_two_parts_at_once_the_later_one_counts) {
    World w;
    const std::string content = long_content(), at = w.begun(static_cast<std::int64_t>(content.size()));
    const auto earlier = part(w, w.member, at, 0), later = part(w, w.member, at, 0);
    BOOST_CHECK_EXCEPTION(earlier->take(w.instance.connection, std::string_view(content).substr(0, chunk_size)), Error,
        [](const Error& e) { return e.code == Code::wrong_offset; });
    for (std::size_t done = 0; done < content.size(); done += chunk_size)
        later->take(w.instance.connection, std::string_view(content).substr(done, chunk_size));
    BOOST_TEST(later->end(w.instance.connection, true).status == 204);
    BOOST_TEST(w.member.get(at).json()["sha256"] == sha256_of(content));
}

BOOST_AUTO_TEST_CASE(what_arrived_before_the_connection_broke_is_there_to_go_on_from) {
    World w;
    const std::string content = long_content(), at = w.begun(static_cast<std::int64_t>(content.size()));
    const auto broken = part(w, w.member, at, 0);
    broken->take(w.instance.connection, std::string_view(content).substr(0, chunk_size));
    broken->take(w.instance.connection, std::string_view(content).substr(chunk_size, 10));
    broken->end(w.instance.connection, false);
    BOOST_TEST(w.member.get(at).json()["offset"] == chunk_size + 10);
    BOOST_TEST(w.member.send_part(at, chunk_size + 10, content.substr(chunk_size + 10)).status == 204);
    BOOST_TEST(w.member.get(at).json()["sha256"] == sha256_of(content));
}

BOOST_AUTO_TEST_CASE(access_withdrawn_in_the_middle_ends_an_upload_and_a_download) {
    World w;
    const std::string content = long_content(), at = w.begun(static_cast<std::int64_t>(content.size()));
    const std::string id = w.cast.document(w.cast.moderator, "Plan.txt", content);
    const auto up = part(w, w.member, at, 0);
    const auto down = download(w, w.member, w.documents + "/" + id + "/versions/1/content");
    BOOST_REQUIRE((up && down));
    up->take(w.instance.connection, std::string_view(content).substr(0, chunk_size));
    BOOST_TEST(down->next(w.instance.connection).size() == chunk_size);
    BOOST_TEST(w.cast.moderator.patch(w.cast.path + "/members/" + w.member.member, {{"state", "removed"}}).status == 200);
    BOOST_CHECK_THROW(up->take(w.instance.connection, std::string_view(content).substr(chunk_size, chunk_size)), Error);
    BOOST_CHECK_THROW(down->next(w.instance.connection), Error);
}

BOOST_AUTO_TEST_CASE(leaving_the_circle_in_the_middle_ends_a_download) {
    World w;
    const std::string circle = w.cast.circle_of({&w.cast.moderator, &w.cast.member}),
                      id = w.cast.document(w.cast.moderator, "Plan.txt", long_content(), circle);
    const auto down = download(w, w.member, w.documents + "/" + id + "/versions/1/content");
    BOOST_REQUIRE(down);
    down->next(w.instance.connection);
    BOOST_TEST(w.member.remove(w.cast.path + "/circles/" + circle + "/members/" + w.member.member).status == 204);
    BOOST_CHECK_THROW(down->next(w.instance.connection), Error);
}

BOOST_AUTO_TEST_CASE(an_upload_that_was_ended_or_forgotten_leaves_nothing) {
    World w;
    const std::string ended = w.begun(10), forgotten = w.begun(10);
    for (const std::string& at : {ended, forgotten}) w.member.send_part(at, 0, "abcdefghij");
    w.cast.upload(w.member, "Autre");
    BOOST_TEST(w.member.remove(ended, nullptr, tus).status == 204);
    BOOST_TEST(w.member.get(ended).status == 404);
    BOOST_TEST(w.count("blobs") == "2");
    w.instance.sql("UPDATE margelle.uploads SET expires_at = now() - interval '1 second'");
    BOOST_TEST(w.member.get(forgotten).status == 404);
    persistence::Transaction t(w.instance.connection, persistence::Access::write);
    persistence::outbox::sweep(t);
    t.commit();
    for (const char* table : {"uploads", "blobs", "blob_chunks"}) BOOST_TEST(w.count(table) == "0", table);
}

// ---- at rest -----------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_database_alone_shows_nothing_of_a_file) {
    World w;
    w.cast.document(w.member, "Plan.txt", "Zorblaxcontent " + long_content());
    w.member.send_part(w.begun(100), 0, "Zorblaxcontent");
    const std::string rows = w.instance.sql(
        "SELECT string_agg(query_to_xml('SELECT * FROM margelle.' || quote_ident(relname), true, true, '')::text, '') FROM pg_class"
        " WHERE relnamespace = 'margelle'::regnamespace AND relkind = 'r'");
    BOOST_TEST(rows.size() > 1000000u);
    const std::string bytes_as_base64 = "Wm9yYmxheGNvbnRlbnQ", bytes_as_hex = to_hex("Zorblaxcontent");
    for (const std::string& mark : {std::string("Zorblaxcontent"), bytes_as_hex, bytes_as_base64})
        BOOST_TEST(rows.find(mark) == std::string::npos);
    BOOST_TEST(rows.find("Plan.txt") != std::string::npos, "names are not sealed: otherwise this would prove nothing");
}

BOOST_AUTO_TEST_CASE(content_that_was_changed_moved_or_cut_in_the_database_is_not_served) {
    World w;
    const std::string id = w.cast.document(w.member, "Plan.txt", long_content()), at = w.documents + "/" + id + "/versions/1/content";
    const auto spoiled = [&](const std::string& change) {
        w.instance.sql(change);
        const Answer answer = w.member.get(at);
        return answer.status == 500 || answer.status == 404;
    };
    BOOST_TEST(spoiled("UPDATE margelle.blob_chunks SET number = 3 - number + 10"));
    w.instance.sql("UPDATE margelle.blob_chunks SET number = 13 - number");
    BOOST_TEST(w.member.get(at).status == 200);
    BOOST_TEST(spoiled("DELETE FROM margelle.blob_chunks WHERE number = 3"));
    w.instance.sql("ALTER TABLE margelle.document_versions DISABLE TRIGGER ALL");
    BOOST_TEST(spoiled("UPDATE margelle.document_versions SET size = 786432"));
}

BOOST_AUTO_TEST_CASE(a_server_without_the_key_keeps_no_documents) {
    World w;
    w.instance.master_keys.clear();
    BOOST_TEST(w.begin(w.member, 3).problem() == "documents-closed");
}

BOOST_AUTO_TEST_SUITE_END()
