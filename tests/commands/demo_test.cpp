// margelle demo load: once, whole, and never half.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/commands/program.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

const Environment settings{{"MARGELLE_DEMO_PASSWORD", "neuf pommes vertes"}};

int load(const Instance& instance, std::string& output) {
    Program program(instance.database, {"demo", "load"}, "", settings);
    const int status = program.wait();
    BOOST_TEST(program.errors() == "");
    output = program.output();
    return status;
}

// Kills it as soon as the database says so.
void load_until(Instance& instance, const std::string& reached) {
    Program program(instance.database, {"demo", "load"}, "", settings);
    while (program.running() && instance.sql("SELECT " + reached) != "t") std::this_thread::sleep_for(std::chrono::milliseconds(10));
    program.send(SIGKILL);
    BOOST_TEST(program.wait() == 128 + SIGKILL, "it had ended before");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(demo)

BOOST_AUTO_TEST_CASE(what_was_interrupted_is_loaded_anew_and_what_is_whole_stays) {
    Instance instance;
    const auto count = [&](const char* table) { return instance.sql(std::string("SELECT count(*) FROM margelle.") + table); };
    load_until(instance, "count(*) > 0 FROM margelle.accounts");
    load_until(instance, "count(*) > 20 FROM margelle.posts");
    std::string report, again;
    BOOST_TEST(load(instance, report) == 0);
    BOOST_TEST(report == count("posts") + " messages in the demonstration\n");
    BOOST_TEST(count("groups") == "2");
    BOOST_TEST(count("sessions") == "0");
    BOOST_TEST(instance.sql("SELECT min(created_at) < now() - interval '2 days' FROM margelle.posts") == "t");
    // A circle with its discussion, which those outside neither read nor are counted as having read.
    BOOST_TEST(instance.sql("SELECT count(*) || ' ' || bool_and(m.member_id <> h.member_id) FROM margelle.circle_members m, margelle.accounts h WHERE h.email = 'helene@demo.example'") == "4 true");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.posts p JOIN margelle.circles c ON c.circle_id = p.feed_id") == "5");
    BOOST_TEST(instance.sql("SELECT count(*) FROM margelle.read_marks r JOIN margelle.threads t USING (group_id, thread_id) JOIN margelle.circles c ON c.circle_id = t.feed_id") == "4");
    // Releases are as old as what they copy.
    BOOST_TEST(instance.sql("SELECT bool_and(x.written_at = p.created_at) FROM margelle.release_passages x JOIN margelle.posts p USING (group_id, post_id)") == "t");
    BOOST_TEST(instance.sql("SELECT bool_and(r.proposed_at > t.last_post_at AND coalesce(r.published_at, now()) > r.proposed_at AND coalesce(r.published_at, r.proposed_at) < now() - interval '6 hours') FROM margelle.releases r JOIN margelle.threads t USING (group_id, thread_id)") == "t");
    BOOST_TEST(instance.stranger().post("/session", {{"email", "helene@demo.example"}, {"password", "neuf pommes vertes"}}).status == 200);
    const std::string before = instance.sql("SELECT string_agg(post_id::text, '' ORDER BY post_id) FROM margelle.posts");
    BOOST_TEST(load(instance, again) == 0);
    BOOST_TEST(again == "");
    BOOST_TEST(instance.sql("SELECT string_agg(post_id::text, '' ORDER BY post_id) FROM margelle.posts") == before);
}

BOOST_AUTO_TEST_CASE(nothing_of_others_is_ever_removed) {
    Instance instance;
    load_until(instance, "count(*) > 0 FROM margelle.accounts");
    Client account = instance.person("Anne");
    std::string report;
    BOOST_TEST(load(instance, report) == 0);
    BOOST_TEST(report == "");
    BOOST_TEST(account.get("/me").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
