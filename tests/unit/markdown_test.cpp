#include <boost/test/unit_test.hpp>

#include <ctime>

#include "server/markdown.hpp"
#include "tests/support/slowness.hpp"

using margelle::render_markdown;
using margelle::tests::slowness;

namespace {

std::string times(std::size_t count, const std::string& piece) {
    std::string out;
    while (count-- > 0) out += piece;
    return out;
}

bool has(const std::string& html, const std::string& what) { return html.find(what) != std::string::npos; }

// What the parser would walk through again and again, or repeat.
std::vector<std::string> hostile_texts() {
    std::string fences = "e";
    for (int i = 1; i < 140; ++i) fences += std::string(i, '`') + "e";
    std::string list;
    for (int i = 0; i < 100; ++i) list += std::string(2 * i, ' ') + "- a\n";
    return {
            "[a]: " + std::string(10'000, 'u') + "\n\n" + times(3'000, "[a]"), "[a]: u\n'" + times(500, "title of some length\n") + "'\n\n" + times(3'000, "[a]"),
            times(20'000, ">"), times(10'000, ">") + "a\n" + times(5'000, "b\n"), times(5'000, "> - "), times(5'000, "- ") + "a\n" + times(10'000, "\n"),
            times(5'000, "1. ") + "a\n" + times(5'000, "\n"), times(20'000, "["), times(5'000, "[a]("), times(3'000, "![[]()"), times(5'000, "**a *b "),
            times(5'000, "~a ~~b "), "http://a.b/" + times(20'000, ")"), "http://a.b/" + times(7'000, ")*"), times(5'000, "a|") + "\n" + times(5'000, "-|"),
            times(20'000, "|"), times(3'000, "[a](b)"), times(20'000, "<"), fences, list, times(5'000, "a@b.")};
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(a_table_that_would_be_filled_up_is_shown_as_it_was_written) {
    for (const std::string end : {"\n", "\r\n", "\r"})
        for (const std::string quote : {"", "> "}) {
            const std::string bomb = quote + times(300, "|a") + end + quote + times(300, "|-") + end + times(300, quote + "|" + end);
            const std::string html = render_markdown(bomb).html;
            BOOST_TEST(!has(html, "<table"));
            BOOST_TEST(html.size() < 2 * bomb.size() + 10'000);
        }
    // Many small ones are one large one.
    const std::string small = times(100, "|a") + "\n" + times(100, "|-") + "\n" + times(150, "|\n");
    BOOST_TEST(has(render_markdown(small).html, "<table"));
    for (const char* between : {"\n", "# a\n"}) BOOST_TEST(render_markdown(times(30, small + between)).html.size() < 400'000u);
}

BOOST_AUTO_TEST_CASE(an_honest_table_stays_one) {
    std::string table = "| Commune | Logements | Part |\n|:--|--:|:-:|\n";
    for (int i = 0; i < 500; ++i) table += i % 3 ? "| Le Bois | 12 | 3 % |\n" : "| - | - | - |\n";
    const std::string html = render_markdown(table).html;
    BOOST_TEST(has(html, "<table"));
    BOOST_TEST(has(html, ">Le Bois</td>"));
}

BOOST_AUTO_TEST_CASE(no_text_becomes_far_larger_than_it_is) {
    for (const std::string& text : hostile_texts()) BOOST_TEST(render_markdown(text).html.size() <= 400'000u, text.substr(0, 40));
}

// Without the bounds some of them take ten times that.
BOOST_AUTO_TEST_CASE(no_text_keeps_a_worker_busy) {
    for (const std::string& text : hostile_texts()) {
        const std::clock_t begun = std::clock();
        render_markdown(text);
        const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
        BOOST_TEST(seconds < 0.06 * slowness(), text.substr(0, 40) << ": " << seconds << " s");
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_shown_as_it_was_written) {
    const std::string text = "[a]: " + std::string(20'000, 'u') + "\n\n<b> & " + times(2'000, "[a]");
    const std::string html = render_markdown(text).html;
    BOOST_TEST(html == "<p>[a]: " + std::string(20'000, 'u') + "<br />\n<br />\n&lt;b&gt; &amp; " + times(2'000, "[a]") + "</p>\n");
    // An agreement's clauses, its references and its nested lists are not.
    const std::string agreement = times(300, "1. **Article** [1], voir [la loi][2] et [2]\n   - alinéa (a)\n     - point\n\n") + "[1]: https://example.org/1\n[2]: https://example.org/2\n";
    BOOST_TEST(has(render_markdown(agreement).html, "href=\"https://example.org/2\">la loi</a>"));
}

BOOST_AUTO_TEST_SUITE_END()
