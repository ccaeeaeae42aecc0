#include "server/file_name.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/problem.hpp"
#include "server/byte_range.hpp"
#include "server/media_type.hpp"

using namespace margelle;

BOOST_AUTO_TEST_SUITE(files_of_others)

BOOST_AUTO_TEST_CASE(a_name_is_no_path_and_hides_nothing) {
    for (const char* good : {"Plan.pdf", "Étude d’impact (v2).odt", "a", ".htaccess", "計画.txt", "\"guillemets\".txt"})
        BOOST_TEST(!fault_in_file_name(good), good);
    for (const char* bad : {"", ".", "..", "a/b", "..\\b", "a\r\nSet-Cookie: b", "a\x7f", " a", "a ", "\xc2\x85",
             "facture\xe2\x80\xae"
             "fdp.exe",
             "\xe2\x81\xa6x"})
        BOOST_TEST(!!fault_in_file_name(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_download_is_named_safely_in_both_ways) {
    BOOST_TEST(attachment("Étude \"1\".pdf") == "attachment; filename=\"_tude _1_.pdf\"; filename*=UTF-8''%C3%89tude%20%221%22.pdf");
    BOOST_TEST(attachment("a%41;b.txt") == "attachment; filename=\"a_41;b.txt\"; filename*=UTF-8''a%2541%3Bb.txt");
}

BOOST_AUTO_TEST_CASE(a_range_is_read_as_the_standard_says) {
    const auto text = [](const char* header) {
        const auto range = read_range(header, 100);
        return range ? std::to_string(range->first) + '-' + std::to_string(range->last) : "all";
    };
    BOOST_TEST(text("bytes=0-9") == "0-9");
    BOOST_TEST(text("bytes=90-") == "90-99");
    BOOST_TEST(text("bytes=90-1000") == "90-99");
    BOOST_TEST(text("bytes=-10") == "90-99");
    BOOST_TEST(text("bytes=-1000") == "0-99");
    for (const char* header : {"", "bytes=", "bytes=-", "bytes=9-5", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "bytes=5-x", "bytes=x-5",
             "bytes=99999999999999999999-"})
        BOOST_TEST(text(header) == "all", header);
    for (const char* header : {"bytes=100-", "bytes=-0"}) BOOST_CHECK_THROW(read_range(header, 100), Error);
}

BOOST_AUTO_TEST_CASE(the_type_is_that_of_the_bytes) {
    BOOST_TEST(media_type_of("%PDF-1.7\n") == "application/pdf");
    BOOST_TEST(media_type_of(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)) == "image/png");
    BOOST_TEST(media_type_of("<!DOCTYPE html><script>alert(1)</script>") == "text/html");
    BOOST_TEST(media_type_of(std::string("\0\1\2\3", 4)) == "application/octet-stream");
}

BOOST_AUTO_TEST_SUITE_END()
