// What no test can see from outside: that no other SQL makes the settings which the policies compare with.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(source)

BOOST_AUTO_TEST_CASE(only_the_entering_function_sets_the_settings) {
    const std::filesystem::path root = MARGELLE_SOURCE_DIR;
    const std::regex setting(R"(set_config\s*\(|\bset\s+(local\s+|session\s+)?"?margelle\.)", std::regex::icase);
    int files = 0;
    for (const char* folder : {"protocol", "persistence", "server"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (!entry.is_regular_file() || entry.path().filename() == "common_passwords.txt") continue;
            ++files;
            std::string text = read(entry.path());
            if (entry.path().filename() == "0003_gate.sql") {
                const auto begin = text.find("CREATE FUNCTION margelle.enter("), end = text.find("END $$;", begin);
                BOOST_REQUIRE(end != std::string::npos);
                text.erase(begin, end - begin);
            }
            // Line by line: the expression recurses over what it reads.
            std::istringstream lines(text);
            for (std::string line; std::getline(lines, line);)
                BOOST_TEST(!std::regex_search(line.substr(0, 2000), setting), entry.path() << ": " << line);
        }
    }
    BOOST_TEST(files > 50);
}

BOOST_AUTO_TEST_CASE(handlers_see_neither_sockets_nor_sql) {
    const std::filesystem::path root = MARGELLE_SOURCE_DIR;
    const std::regex forbidden(R"(#include <(pqxx|boost/asio|boost/beast))");
    for (const auto& entry : std::filesystem::directory_iterator(root / "server" / "handlers")) {
        std::ifstream stream(entry.path());
        for (std::string line; std::getline(stream, line);) BOOST_TEST(!std::regex_search(line, forbidden), entry.path() << ": " << line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
