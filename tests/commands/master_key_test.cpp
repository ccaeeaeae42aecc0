// The key that opens documents: what a server says without it, and how it is changed.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "protocol/ids.hpp"
#include "tests/commands/program.hpp"
#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

namespace {

struct KeyFile {
    explicit KeyFile(const MasterKey& key, bool closed = true)
        : path((std::filesystem::temp_directory_path() / ("margelle-key-" + new_id())).string()) {
        std::ofstream(path) << key.text();
        if (closed) std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    ~KeyFile() { std::filesystem::remove(path); }
    const std::string path;
};

struct World {
    Instance instance;
    Cast cast{instance};
    const std::string document = cast.document(cast.member, "Plan.txt", "Le plan");
    std::string content() { return cast.member.get(cast.path + "/documents/" + document + "/versions/1/content").body; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(master_key)

BOOST_AUTO_TEST_CASE(a_server_that_lacks_the_key_of_what_is_kept_says_so_and_does_not_start) {
    World w;
    const KeyFile other(MasterKey::generate()), open(w.instance.master_keys.front(), false);
    const auto refusal = [&](const std::string& key) {
        Program server(w.instance.database, {"serve", "--listen", "127.0.0.1:0", "--mail-dir", "/tmp"}, "", {{"MARGELLE_MASTER_KEY", key}});
        BOOST_TEST(server.wait() == 2);
        const std::string said = server.errors();
        BOOST_TEST(said.find('\n') == said.size() - 1, said);
        return said;
    };
    BOOST_TEST(refusal("").find("master-key: the database holds documents under the master key " +
                                w.instance.master_keys.front().key_id()) != std::string::npos);
    BOOST_TEST(refusal(other.path).find("not among the files given") != std::string::npos);
    BOOST_TEST(refusal("/nonexistent").find("cannot read /nonexistent") != std::string::npos);
    BOOST_TEST(refusal(open.path).find("can be read by everybody") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_new_key_takes_the_place_of_the_old_one_and_content_stays_as_it_is) {
    World w;
    const MasterKey fresh = MasterKey::generate();
    const KeyFile old_file(w.instance.master_keys.front()), new_file(fresh);
    const std::string chunks = "SELECT md5(string_agg(sealed::text, '' ORDER BY number)) FROM margelle.blob_chunks",
                      before = w.instance.sql(chunks);
    Program alone(w.instance.database, {"key", "rotate"}, "", {{"MARGELLE_MASTER_KEY", new_file.path}});
    BOOST_TEST(alone.wait() == 2);
    Program both(w.instance.database, {"key", "rotate"}, "", {{"MARGELLE_MASTER_KEY", new_file.path + "," + old_file.path}});
    BOOST_TEST(both.wait() == 0, both.errors());
    BOOST_TEST(both.output() == "1 groups' keys wrapped anew\n");
    BOOST_TEST(w.instance.sql(chunks) == before);
    w.instance.master_keys = {fresh};
    BOOST_TEST(w.content() == "Le plan");
}

BOOST_AUTO_TEST_CASE(a_key_that_was_made_is_one) {
    const ScratchDatabase database;
    Program made(database, {"key", "master"});
    BOOST_TEST(made.wait() == 0);
    BOOST_CHECK_NO_THROW(MasterKey::from_text(made.output()));
}

BOOST_AUTO_TEST_SUITE_END()
