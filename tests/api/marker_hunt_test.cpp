// The marker hunt: unique marks in everything confidential, and a search for them in whatever each outsider receives, by
// every channel that one process can show (the stream has its own in sockets/). tests/ungated runs the same with the
// handlers' gate taken out: row-level security alone has to leak nothing.
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "protocol/ids.hpp"
#include "server/log.hpp"
#include "server/route.hpp"
#include "tests/support/delivery.hpp"
#include "tests/support/marks.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

// What a route may be asked with, so that completion and search are asked too.
std::vector<std::string> queries(const std::string& operation) {
    if (operation == "findOrganisations" || operation == "findTerritories") return {"?q=Zorblax"};
    if (operation == "listEvents") return {"", "?after=0"};
    if (operation == "listDocuments" || operation == "listDatasets") return {"", "?q=Zorblax"};
    if (operation == "listGroups") return {"", "?listed=true"};
    return {""};
}

std::string headers_of(const Answer& answer) {
    std::string text;
    for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\n";
    return text;
}

// Asks every operation as somebody, for the group's thread and the circle's.
void ask_everything(MarkedWorld& world, Client& who, const std::function<void(const std::string&, const Answer&)>& look) {
    for (const Route& route : routes()) {
        const std::string operation(route.operation);
        // These end who asks, or have no more to say than a status.
        if (operation == "eraseMe" || operation == "endSession" || operation == "endOneSession" || operation == "leaveGroup") continue;
        for (const bool circle : {false, true}) {
            const std::map<std::string, std::string> ids{{"group", world.cast.group},
                {"thread", circle ? world.circle_thread : world.cast.thread}, {"post", circle ? world.circle_post : world.cast.post},
                {"circle", world.circle}, {"release", circle ? world.circle_release : world.release},
                {"document", circle ? world.circle_document : world.document}, {"version", "1"}, {"number", "1"},
                {"bot", world.bot}, {"dataset", world.dataset}, {"subscription", world.subscription},
                {"member", world.cast.member.member}, {"reaction", "agree"}};
            for (const std::string& query : queries(operation)) {
                const std::string path = fill_path(route.path, ids) + query;
                const bool reads = route.verb == Verb::get;
                look(operation + " " + path, reads ? who.get(path) : who.send(route.verb, path, Json::object(), {{"if-match", "\"r1\""}}));
                if (circle == false && reads && route.path.find("{post}") != std::string_view::npos) {
                    auto erased = ids;
                    erased["post"] = world.deleted_post;
                    look(operation + " of a deleted post", who.get(fill_path(route.path, erased)));
                }
            }
        }
    }
}

class Collector : public Mailer {
public:
    explicit Collector(std::vector<Mail>& mails) : mails_(mails) {}
    void send(const Mail& mail) override { mails_.push_back(mail); }

private:
    std::vector<Mail>& mails_;
};

// Everything written to standard error while it lives.
class Log {
public:
    Log() : file_(std::tmpfile()), before_(dup(STDERR_FILENO)) { dup2(fileno(file_), STDERR_FILENO); }
    ~Log() {
        stop();
        std::fclose(file_);
    }
    std::string stop() {
        if (before_ < 0) return "";
        std::fflush(stderr);
        dup2(before_, STDERR_FILENO);
        close(std::exchange(before_, -1));
        std::string text(static_cast<std::size_t>(lseek(fileno(file_), 0, SEEK_END)), '\0');
        [[maybe_unused]] const auto read = pread(fileno(file_), text.data(), text.size(), 0);
        return text;
    }

private:
    std::FILE* file_;
    int before_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(marker_hunt)

BOOST_AUTO_TEST_CASE(the_marks_are_there_for_those_who_may_read) {
    MarkedWorld world;
    std::string seen;
    ask_everything(world, world.cast.member, [&](const std::string&, const Answer& answer) { seen += answer.body; });
    for (const std::string& mark : all_marks) BOOST_TEST(seen.find(mark) != std::string::npos, mark << " is nowhere to be found: the hunt would prove nothing");
}

BOOST_AUTO_TEST_CASE(no_answer_shows_an_outsider_what_a_group_or_a_circle_holds) {
    MarkedWorld world;
    Channel bodies("bodies of answers"), headers("headers of answers");
    for (const Hunter& hunter : hunters())
        ask_everything(world, world.cast.*hunter.client, [&](const std::string& what, const Answer& answer) {
            bodies.search(std::string(hunter.name) + ", " + what, answer.body, hunter.forbidden);
            headers.search(std::string(hunter.name) + ", " + what, headers_of(answer), hunter.forbidden);
        });
    BOOST_TEST(bodies.searched() > 500);
}

BOOST_AUTO_TEST_CASE(no_answer_shows_a_bot_outside_what_a_group_holds) {
    MarkedWorld world;
    Channel bodies("bodies of answers to bots");
    const auto hunt = [&](Client bot, const char* name) {
        ask_everything(world, bot, [&](const std::string& what, const Answer& answer) { bodies.search(std::string(name) + ", " + what, answer.body, all_marks); });
    };
    hunt(Cast(world.instance).bot(), "a bot of another group");
    Client owned = world.cast.bot(Json::array(), &world.cast.member);
    world.cast.member.remove(world.cast.path + "/membership");
    hunt(owned, "a bot whose owner has left");
    BOOST_TEST(bodies.searched() > 200);
}

BOOST_AUTO_TEST_CASE(no_count_tells_an_outsider_of_what_is_new) {
    MarkedWorld world;
    for (Client Cast::*who : {&Cast::outsider, &Cast::revoked, &Cast::invited, &Cast::newcomer, &Cast::outdated})
        for (const Json& group : (world.cast.*who).get("/groups").items()) {
            if (group["id"] != world.cast.group) continue;
            BOOST_TEST(group["news"].is_null(), group.dump());
        }
    const Json own = world.cast.moderator.get("/groups").items()[0]["news"];
    BOOST_TEST(own["threads"] == 1, "the circle's discussion counts for a moderator outside of it: " << own.dump());
}

BOOST_AUTO_TEST_CASE(no_mail_holds_content_or_the_name_of_a_hidden_group) {
    MarkedWorld world;
    world.instance.sql("UPDATE margelle.sessions SET last_used_at = now() - interval '13 hours'");
    Channel mails("mails");
    world.cast.moderator.post(world.cast.path + "/nda/reminders");
    world.cast.newcomer.post(world.cast.path + "/nda/refusal", {{"version", 3}, {"later", true}});
    world.cast.anonymous.post("/sign-in-links", {{"email", world.cast.member.email}});
    std::vector<Mail> sent;
    deliver(world.instance, std::make_unique<Collector>(sent));
    for (const Mail& mail : sent) mails.search(mail.to_address, mail.subject + "\n" + mail.body, all_marks);
    BOOST_TEST(mails.searched() > 5);
}

BOOST_AUTO_TEST_CASE(neither_the_log_nor_the_metrics_hold_content) {
    std::string logged, measured;
    {
        Log log;
        start_log(true, Level::debug);
        MarkedWorld world;
        for (const Hunter& hunter : hunters()) ask_everything(world, world.cast.*hunter.client, [](const std::string&, const Answer&) {});
        // What PostgreSQL says of a row that it refuses could quote it.
        world.instance.sql("ALTER TABLE margelle.posts ADD CHECK (body NOT LIKE '%refused%') NOT VALID");
        const std::string posts = world.cast.path + "/threads/" + world.cast.thread + "/posts";
        BOOST_TEST(world.cast.member.post(posts, {{"body", in_content + " refused"}}).status == 422);
        world.instance.sql("ALTER TABLE margelle.read_marks RENAME TO elsewhere");
        BOOST_TEST(world.cast.member.post(posts, {{"body", in_content}}).status == 500);
        measured = world.instance.metrics.text();
        logged = log.stop();
        start_log(false, Level::error);
    }
    Channel logs("the log"), metrics("metrics");
    logs.search("debug level", logged, all_marks);
    metrics.search("/metrics", measured, all_marks);
    BOOST_TEST(measured.size() > 100u);
    BOOST_TEST(logged.find("database fault") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_export_by_somebody_outside_a_circle_holds_nothing_of_it) {
    MarkedWorld world;
    Channel exports("exports");
    exports.search("audit, by a moderator outside the circle", world.cast.moderator.post(world.cast.path + "/audit-exports").body, {in_circle, in_content, in_agreement});
}

BOOST_AUTO_TEST_SUITE_END()
