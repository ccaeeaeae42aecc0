#include <boost/test/unit_test.hpp>

#include "server/markdown.hpp"

using margelle::render_markdown;

BOOST_AUTO_TEST_SUITE(markdown)

BOOST_AUTO_TEST_CASE(raw_html_never_passes) {
    const std::string html = render_markdown("<script>alert(1)</script>\n\na <img src=x onerror=alert(1)> b").html;
    BOOST_TEST(html.find("<script") == std::string::npos);
    BOOST_TEST(html.find("<img") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(links_carry_their_rel_and_scripts_lose_their_address) {
    BOOST_TEST(render_markdown("[x](https://example.org)").html == "<p><a rel=\"noopener nofollow ugc\" href=\"https://example.org\">x</a></p>\n");
    BOOST_TEST(render_markdown("[x](javascript:alert(1))").html.find("javascript") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_enter_is_a_line_break) { BOOST_TEST(render_markdown("un\ndeux").html == "<p>un<br />\ndeux</p>\n"); }

BOOST_AUTO_TEST_CASE(a_remote_image_becomes_a_link) {
    BOOST_TEST(render_markdown("![plan](https://example.org/p.png)").html == "<p><a rel=\"noopener nofollow ugc\" href=\"https://example.org/p.png\">plan</a></p>\n");
}

BOOST_AUTO_TEST_CASE(a_mention_becomes_a_span_and_is_reported_once) {
    const std::string id = "01a20c84-b96f-7529-8ef6-c9f7baf62008";
    const auto rendered = render_markdown("[@Anne](mention:" + id + ") et [@Anne](mention:" + id + ")");
    BOOST_TEST(rendered.html.find("<span class=\"mention\" data-member=\"" + id + "\">@Anne</span>") != std::string::npos);
    BOOST_TEST(rendered.mentions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_mention_in_a_table_stays_readable) {
    const std::string id = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    const auto rendered = render_markdown("| Qui | Quoi |\n| --- | --- |\n| [@Anne](mention:" + id + " \"titre\") | [lien](https://example.org) |\n");
    BOOST_TEST(rendered.html.find("<td><span class=\"mention\" data-member=\"" + id + "\">@Anne</span></td>") != std::string::npos);
    BOOST_TEST(rendered.html.find(">lien</a>") != std::string::npos);
    BOOST_TEST(rendered.mentions.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
